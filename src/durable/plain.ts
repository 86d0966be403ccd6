/** JSON has no infinity, which time limits may be. No text of ours begins with this character. */
const INFINITE = '\u0000Infinity';

/** Plain data as text. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part === Number.POSITIVE_INFINITY ? INFINITE : part));
}

/** The reverse of `toText`. */
export function fromText<T>(text: string): T {
  return JSON.parse(text, (_, part: unknown) => (part === INFINITE ? Number.POSITIVE_INFINITY : part)) as T;
}
