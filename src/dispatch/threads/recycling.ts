import type { PoolThread } from './pool-thread.ts';
import type { RecycleOptions } from './recycle-options.ts';
import type { Roster } from './roster.ts';

/** A successor is started when a thread may be handed only this share of its tasks yet: so it is ready by then, unless tasks are very short. */
const AHEAD = 0.1;

/** Replaces threads that have served their time; if possible a successor is ready before one goes. */
export class Recycling {
  readonly #options: RecycleOptions;
  readonly #roster: Roster;
  readonly #retire: (thread: PoolThread) => void;

  constructor(options: RecycleOptions, roster: Roster, retire: (thread: PoolThread) => void) {
    this.#options = options;
    this.#roster = roster;
    this.#retire = retire;
  }

  /**
   * A thread is between two bundles. One that has had its tasks gets no more, and goes as soon as it has ended them; one whose heap has grown too
   * large goes on until its successor is ready.
   */
  look(thread: PoolThread): void {
    if (thread.left <= 0) {
      if (thread.idle) this.#retire(thread);
    } else if (this.#isTooLarge(thread) && this.#roster.spare(() => true) !== undefined) {
      this.#retire(thread);
    } else if ((this.#isTooLarge(thread) || this.#goesSoon(thread)) && this.#roster.spare(() => true) === undefined) {
      this.#roster.startSuccessor();
    }
  }

  /**
   * A spare is there. If it is one too many, it was started as a successor; if no thread is about to go any more, the spare itself goes. It is not one
   * too many while a thread that had a slot is dying: it takes that slot.
   */
  standby(): void {
    const roster = this.#roster;
    if (roster.surplus() <= 0) return;
    const serving = roster.slots.filter((thread): thread is PoolThread => thread?.phase === 'serving');
    const due = serving.find((thread) => this.#isTooLarge(thread));
    const dying = roster.slots.some((thread) => thread?.phase === 'stopping');
    if (due === undefined && (dying || serving.some((thread) => this.#goesSoon(thread)))) return;
    const one = due ?? roster.spare(() => true);
    if (one !== undefined) this.#retire(one);
  }

  #isTooLarge(thread: PoolThread): boolean {
    return (thread.handle.memory ?? 0) > this.#options.heapMb * 1_048_576;
  }

  #goesSoon(thread: PoolThread): boolean {
    const { tasks } = this.#options;
    return tasks !== Number.POSITIVE_INFINITY && thread.left <= Math.ceil(AHEAD * tasks);
  }
}
