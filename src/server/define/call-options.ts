/** Options of one call. */
export interface CallOptions {
  /**
   * Milliseconds to wait for the reply; `Infinity` waits forever. A call that has not begun by then never runs; a reply that comes later is dropped.
   * @default the server's `callTimeout`, 5,000
   */
  readonly timeout?: number | undefined;
}
