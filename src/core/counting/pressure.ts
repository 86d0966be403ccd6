/** As many tasks a thread may be open before callers are asked to wait, where `maxQueue` sets no limit: a window of `map`, and what runs. */
const WINDOW = 256;

/** Whether callers of `run` had better wait. Costs a comparison a task. */
export class Pressure {
  readonly #changed: (needed: boolean, open: number) => void;
  /** At this many open tasks callers had better wait; at this few they need not any more. */
  #high = 0;
  #low = 0;
  readonly #maxQueue: number;
  #state: 'low' | 'high' = 'low';

  /** @param threads that serve at most @param changed is called when callers had better wait, and when not any more */
  constructor(threads: number, maxQueue: number, changed: (needed: boolean, open: number) => void) {
    this.#changed = changed;
    this.#maxQueue = maxQueue;
    this.share(threads);
  }

  /** This many threads serve at most from now on. */
  share(threads: number): void {
    const some = Math.max(1, threads);
    this.#high = some + (this.#maxQueue === Number.POSITIVE_INFINITY ? WINDOW * some : this.#maxQueue);
    this.#low = Math.min(some, this.#high - 1);
  }

  get isHigh(): boolean {
    return this.#state === 'high';
  }

  /** @param open tasks that have been accepted and have not settled */
  rose(open: number): void {
    if (open < this.#high || this.#state === 'high') return;
    this.#state = 'high';
    this.#changed(true, open);
  }

  fell(open: number): void {
    if (open > this.#low || this.#state === 'low') return;
    this.#state = 'low';
    this.#changed(false, open);
  }
}
