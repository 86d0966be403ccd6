/** Calls what a user wrote: it may throw, or return a promise that rejects. Its answer is not used. */
export function callUser(call: () => unknown, failed: (error: unknown) => void): void {
  try {
    const reply = call();
    if (typeof (reply as PromiseLike<unknown> | undefined)?.then === 'function') (reply as PromiseLike<unknown>).then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}
