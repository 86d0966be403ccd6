import { type Services, TIMED_OUT } from '../services.ts';
import type { PoolThread } from './pool-thread.ts';
import type { RecycleOptions } from './recycle-options.ts';
import type { Roster } from './roster.ts';

/** A successor is started when a thread may be handed only this share of its tasks yet: so it is ready by then, unless tasks are very short. */
const AHEAD = 0.1;

/** Milliseconds after which it is looked again whether a thread that is to be renewed has a successor. */
const PATIENCE = 100;

/** Replaces threads that have served their time; if possible a successor is ready before one goes. */
export class Recycling {
  readonly #options: RecycleOptions;
  readonly #roster: Roster;
  readonly #within: Services['within'];
  /** Goes as soon as a successor stands by. */
  #renewing: PoolThread | undefined;

  constructor(options: RecycleOptions, roster: Roster, within: Services['within']) {
    this.#options = options;
    this.#roster = roster;
    this.#within = within;
  }

  /** A thread is between two bundles. One that is to go does so, if it has nothing left. */
  between(thread: PoolThread): void {
    this.#look(thread);
    this.#roster.release(thread);
  }

  /**
   * One that has had its tasks gets no more, and goes as soon as it has ended them; one whose heap has grown too large goes on until its successor
   * is ready.
   */
  #look(thread: PoolThread): void {
    if (thread.left <= 0) {
      if (thread.idle) this.#retire(thread);
      return;
    }
    const due = this.#isDue(thread);
    if (!due && !this.#goesSoon(thread)) return;
    if (this.#roster.spare(() => true) === undefined) this.#roster.startSuccessor();
    else if (due) this.#retire(thread);
  }

  /**
   * A spare is there. If it is one too many, it was started as a successor; if no thread is about to go any more, the spare itself goes. It is not one
   * too many while a thread that had a slot is dying: it takes that slot.
   */
  standby(): void {
    const roster = this.#roster;
    if (roster.surplus() <= 0) return;
    const serving = roster.slots.filter((thread): thread is PoolThread => thread?.phase === 'serving');
    const due = serving.find((thread) => this.#isDue(thread));
    const dying = roster.slots.some((thread) => thread?.phase === 'stopping');
    if (due === undefined && (dying || serving.some((thread) => this.#goesSoon(thread)))) return;
    const one = due ?? roster.dispensable();
    if (one !== undefined) this.#retire(one);
  }

  /** Replaces every thread that there is, one after another, each after its current task. Resolves when the last has gone. */
  async renewAll(): Promise<void> {
    for (const thread of [...this.#roster.threads]) {
      if (thread.phase === 'spare') this.#retire(thread);
      if (thread.phase === 'serving') this.#renewing = thread;
      while (thread.phase === 'serving' || thread.phase === 'stopping') {
        if (thread.phase === 'serving' && thread.retiring === undefined) {
          if (this.#roster.spare(() => true) !== undefined) this.#retire(thread);
          else this.#roster.startSuccessor();
        }
        if ((await this.#within(thread.gone.promise, PATIENCE, 'turning')) !== TIMED_OUT) break;
      }
      this.#renewing = undefined;
    }
  }

  #retire(thread: PoolThread): void {
    this.#roster.dismiss(thread, 'recycled');
  }

  #isDue(thread: PoolThread): boolean {
    return thread === this.#renewing || this.#isTooLarge(thread);
  }

  #isTooLarge(thread: PoolThread): boolean {
    const { heapMb } = this.#options;
    return heapMb !== Number.POSITIVE_INFINITY && (thread.handle.memory ?? 0) > heapMb * 1_048_576;
  }

  #goesSoon(thread: PoolThread): boolean {
    const { tasks } = this.#options;
    return tasks !== Number.POSITIVE_INFINITY && thread.left <= Math.ceil(AHEAD * tasks);
  }
}
