import type { Attempt } from '../../core/task.ts';
import { Watch } from './watch.ts';

/** Bundles, for each thread of the pool, that may pass the attempt that is next by priority and turn, while it waits for another thread. */
export const PASSES_IN_ORDER = 2;
/** Bundles, for each thread, that may pass the attempt that has waited longest, whether its priority, the retry budget or its wishes hold it back. */
export const PASSES_BY_AGE = 50;

/**
 * Counts how often attempts have been passed. Order, budget and wishes about threads all hold an attempt back while others go; where the load never
 * pauses that could last forever. So some are watched: the one that is next in order, and the one that has waited longest; as that one may have to wait
 * for a thread that is only being started, the one that has waited longest of those that any thread may run as well. Each is *due* once it has
 * been passed so often: then it goes first.
 *
 * What was handed out may come back: it lay behind a task that took long, and was taken back for others, none of which may run it. It is due again at
 * once, or else that could happen forever as well.
 */
export class Turns {
  /** Threads that share what waits. */
  threads: number;
  readonly #nextFresh = new Watch(PASSES_IN_ORDER);
  readonly #nextRecovery = new Watch(PASSES_IN_ORDER);
  readonly #oldest = new Watch(PASSES_BY_AGE);
  readonly #oldestAnywhere = new Watch(PASSES_BY_AGE);
  // In this order they are due. The oldest first: it may need a thread that has only just started, and there is always somebody who is next and needs one.
  readonly #all = [this.#oldest, this.#nextFresh, this.#nextRecovery, this.#oldestAnywhere] as const;
  /** Those that were due, and have come back. */
  #back: readonly Attempt[] = [];

  constructor(threads: number) {
    this.threads = threads;
  }

  /** No attempt is watched. */
  get quiet(): boolean {
    return this.#back.length === 0 && this.#all.every(({ isOn }) => !isOn);
  }

  /** A bundle was handed out. `next` was next in order before; the others have waited longest of those that are left. */
  handedOut(next: Attempt | undefined, oldest?: Attempt, oldestAnywhere?: Attempt): void {
    for (const watch of this.#all) watch.look();
    if (this.#back.length > 0) this.#back = this.#back.filter(({ state }) => state === 'queued');
    if (next?.state === 'queued') {
      // Recovery work is next as long as the budget lets it. That it was, now and then, takes nothing from fresh work that is passed.
      if (next.recovery) this.#nextRecovery.passed(next);
      else {
        this.#nextRecovery.end();
        this.#nextFresh.passed(next);
      }
    }
    // Once watched it is watched until it goes, even if an older one is given back; otherwise that could begin anew forever.
    this.#oldest.passed(this.#oldest.attempt ?? oldest);
    this.#oldestAnywhere.passed(this.#oldestAnywhere.attempt ?? oldestAnywhere);
  }

  /** It was handed out in vain. */
  comesBack(attempt: Attempt): void {
    if (this.#all.some((watch) => watch.wasDue(attempt, this.threads))) this.#back = [...this.#back, attempt];
  }

  /** The attempt waits no longer. */
  forget(attempt: Attempt): void {
    for (const watch of this.#all) if (watch.attempt === attempt) watch.end();
    if (this.#back.length > 0) this.#back = this.#back.filter((one) => one !== attempt);
  }

  /** The attempts that are due, most urgent first. */
  due(): readonly Attempt[] {
    const due = [...this.#back];
    for (const watch of this.#all) {
      const attempt = watch.due(this.threads);
      if (attempt !== undefined && !due.includes(attempt)) due.push(attempt);
    }
    return due;
  }
}
