import type { Settled } from './settled.ts';

/** What lies in a place of the window. */
export const EMPTY = 0;
export const FULFILLED = 1;
export const REJECTED = 2;
export type Status = typeof EMPTY | typeof FULFILLED | typeof REJECTED;

/** Items that are pulled in one go: enough to travel together, and no thread waits long for the rest of them. */
const PULL = 256;

/**
 * Outcomes between source and consumer: a ring with a place for every item that was pulled and not yet taken. Ordered, an item's
 * place is its index; otherwise outcomes stand in the order they came.
 */
export class Window {
  readonly size: number;
  /** With no more than this many on their way the source is pulled again. */
  readonly low: number;
  readonly #ordered: boolean;
  readonly #values: unknown[] = [];
  readonly #status: Uint8Array;
  readonly #index: number[] = [];
  #stored = 0;
  #taken = 0;

  constructor(size: number, ordered: boolean) {
    this.size = size;
    this.low = size - Math.min(PULL, Math.ceil(size / 2));
    this.#ordered = ordered;
    this.#status = new Uint8Array(size);
  }

  get taken(): number {
    return this.#taken;
  }

  store(index: number, status: Status, value: unknown): void {
    const place = (this.#ordered ? index : this.#stored++) % this.size;
    this.#values[place] = value;
    this.#status[place] = status;
    if (!this.#ordered) this.#index[place] = index;
  }

  /** Status of the outcome that is next. */
  get next(): Status {
    return this.#status[this.#taken % this.size] as Status;
  }

  /** Index of the item whose outcome is next. */
  get nextIndex(): number {
    return this.#ordered ? this.#taken : this.#index[this.#taken % this.size]!;
  }

  take(): unknown {
    const place = this.#taken++ % this.size;
    const value = this.#values[place];
    this.#values[place] = undefined;
    this.#status[place] = EMPTY;
    return value;
  }

  /** The same, with its index. */
  settled(): Settled<unknown> {
    const { next: status, nextIndex: index } = this;
    const outcome = this.take();
    return status === FULFILLED ? { index, status: 'fulfilled', value: outcome } : { index, status: 'rejected', reason: outcome };
  }

  clear(): void {
    this.#values.length = 0;
    this.#status.fill(EMPTY);
  }
}
