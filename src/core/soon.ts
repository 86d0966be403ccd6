/**
 * Calls `fn` in a microtask. By the language itself: `queueMicrotask` and `process.nextTick` are what test libraries replace, for a while, with
 * something that may never call back.
 */
export async function soon(fn: () => void): Promise<void> {
  await undefined;
  fn();
}
