/** What a thrown value says; an error may come from another realm, where it is no `Error` of this one. */
export function messageOf(thrown: unknown): string {
  try {
    const message = typeof thrown === 'object' && thrown !== null ? (thrown as { message?: unknown }).message : undefined;
    return typeof message === 'string' ? message : String(thrown);
  } catch {
    return typeof thrown;
  }
}
