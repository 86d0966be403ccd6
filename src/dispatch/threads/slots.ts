import type { PoolThread } from './pool-thread.ts';

/** The places that are to be filled: which thread has each, how many have had it, and since when it has stood empty. */
export class Slots {
  readonly #threads: (PoolThread | undefined)[];
  /** How many threads each slot has had. */
  readonly generations: number[];
  /** On the manager's clock. */
  readonly #emptySince: (number | undefined)[];

  constructor(count: number, now: number) {
    this.#threads = new Array<PoolThread | undefined>(count).fill(undefined);
    this.#emptySince = new Array<number | undefined>(count).fill(now);
    this.generations = new Array<number>(count).fill(0);
  }

  get threads(): readonly (PoolThread | undefined)[] {
    return this.#threads;
  }

  /** First the one that has been empty longest. */
  empty(): number[] {
    const empty = [...this.#threads.keys()].filter((slot) => this.#threads[slot] === undefined);
    return empty.sort((a, b) => this.#emptySince[a]! - this.#emptySince[b]!);
  }

  /** The thread has the slot from now on. Returns how long the slot had stood empty after its last thread, in milliseconds, if it had. */
  seat(thread: PoolThread, slot: number, now: number): number | undefined {
    const since = this.generations[slot]! > 0 ? this.#emptySince[slot] : undefined;
    this.#emptySince[slot] = undefined;
    thread.slot = slot;
    thread.generation = ++this.generations[slot]!;
    this.#threads[slot] = thread;
    return since === undefined ? undefined : now - since;
  }

  /** The thread has no slot any more, if it had one. */
  vacate(thread: PoolThread, now: number): void {
    if (this.#threads[thread.slot] !== thread) return;
    this.#threads[thread.slot] = undefined;
    this.#emptySince[thread.slot] = now;
  }
}
