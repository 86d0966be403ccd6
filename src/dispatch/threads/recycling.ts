import type { PoolThread } from './pool-thread.ts';
import type { Roster } from './roster.ts';

export interface RecycleOptions {
  /** Tasks after which a thread is replaced. */
  readonly tasks: number;
  /** Heap above which it is, in megabytes. */
  readonly heapMb: number;
}

/** Replaces threads that have served their time. A successor is ready before one goes. */
export class Recycling {
  readonly #options: RecycleOptions;
  readonly #roster: Roster;
  readonly #retire: (thread: PoolThread) => void;

  constructor(options: RecycleOptions, roster: Roster, retire: (thread: PoolThread) => void) {
    this.#options = options;
    this.#roster = roster;
    this.#retire = retire;
  }

  /** A thread is between two bundles. Until its successor is ready it goes on. */
  look(thread: PoolThread): void {
    if (!this.#isDue(thread)) return;
    if (this.#roster.spare(() => true) === undefined) this.#roster.startSuccessor();
    else this.#retire(thread);
  }

  /** A spare is there. If it is one too many, it was started as a successor; if no thread is due any more, the spare itself goes. */
  standby(): void {
    const roster = this.#roster;
    if (roster.surplus() <= 0) return;
    const due = roster.slots.find((thread) => thread?.phase === 'serving' && this.#isDue(thread));
    const one = due ?? roster.spare(() => true);
    if (one !== undefined) this.#retire(one);
  }

  #isDue(thread: PoolThread): boolean {
    const { tasks, heapMb } = this.#options;
    return thread.finished >= tasks || (thread.handle.memory ?? 0) > heapMb * 1_048_576;
  }
}
