/** Whether a value would be awaited; of whatever realm or library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** A promise that is not awaited must not end the program when it rejects. */
export function forget(promise: PromiseLike<unknown>): void {
  Promise.resolve(promise).catch(() => {});
}
