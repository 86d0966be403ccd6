/** Options of one call. */
export interface CallOptions {
  /**
   * Milliseconds to wait for the reply; `Infinity` waits forever. A call that is still in the mailbox by then never runs; the reply of one that is
   * with its thread already is dropped.
   * @default the server's `callTimeout`, 5,000
   */
  readonly timeout?: number | undefined;
}
