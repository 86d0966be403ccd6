/** An item's outcome, as `mapSettled` yields it. */
export type Settled<R> =
  | { readonly index: number; readonly status: 'fulfilled'; readonly value: R }
  | { readonly index: number; readonly status: 'rejected'; readonly reason: unknown };

/** What `mapSettled` gives. */
export interface SettledIterator<R> extends AsyncIterableIterator<Settled<R>> {
  /**
   * The next outcome if it is there already, or undefined if it must be awaited, or the map has ended. For consumers to whom a promise for each of
   * millions is too much: await one by `next` or `for await`, then poll until there is nothing.
   */
  poll(): Settled<R> | undefined;
}
