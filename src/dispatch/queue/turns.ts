import type { Attempt } from '../../core/task.ts';

/** Bundles, for each thread of the pool, that may pass the attempt that is next by priority and turn, while it waits for another thread. */
export const PASSES_IN_ORDER = 2;
/** Bundles, for each thread, that may pass the attempt that has waited longest, whether its priority, the retry budget or its wishes hold it back. */
export const PASSES_BY_AGE = 50;

interface Mark {
  readonly attempt: Attempt;
  /** Bundles that were handed out before it since it was marked. */
  passes: number;
}

/**
 * Counts how often attempts have been passed. Order, budget and wishes about threads all hold an attempt back while others go; where the load never
 * pauses that could last forever. So some are watched: the one that is next in order, and the one that has waited longest; as that one may have to wait
 * for a thread that is only being started, the one that has waited longest of those that any thread may run as well. Each is *due* once it has
 * been passed so often: then it goes first.
 */
export class Turns {
  /** Threads that share what waits. */
  threads: number;
  #nextFresh: Mark | undefined;
  #nextRecovery: Mark | undefined;
  #oldest: Mark | undefined;
  #oldestAnywhere: Mark | undefined;

  constructor(threads: number) {
    this.threads = threads;
  }

  /** No attempt is watched. */
  get quiet(): boolean {
    const isNext = this.#nextFresh !== undefined || this.#nextRecovery !== undefined;
    return !isNext && this.#oldest === undefined && this.#oldestAnywhere === undefined;
  }

  /** A bundle was handed out. `next` was next in order before; the others have waited longest of those that are left. */
  handedOut(next: Attempt | undefined, oldest?: Attempt, oldestAnywhere?: Attempt): void {
    const isNext = next?.state === 'queued';
    // Recovery work is next as long as the budget lets it. That it was, now and then, takes nothing from fresh work that is passed.
    this.#nextFresh = isNext && !next.recovery ? passed(this.#nextFresh, next) : waiting(this.#nextFresh);
    this.#nextRecovery = !isNext ? waiting(this.#nextRecovery) : next.recovery ? passed(this.#nextRecovery, next) : undefined;
    // Once watched it is watched until it goes, even if an older one is given back; otherwise that could begin anew forever.
    this.#oldest = passed(this.#oldest, waiting(this.#oldest)?.attempt ?? oldest);
    this.#oldestAnywhere = passed(this.#oldestAnywhere, waiting(this.#oldestAnywhere)?.attempt ?? oldestAnywhere);
  }

  /** The attempt waits no longer. */
  forget(attempt: Attempt): void {
    if (this.#nextFresh?.attempt === attempt) this.#nextFresh = undefined;
    if (this.#nextRecovery?.attempt === attempt) this.#nextRecovery = undefined;
    if (this.#oldest?.attempt === attempt) this.#oldest = undefined;
    if (this.#oldestAnywhere?.attempt === attempt) this.#oldestAnywhere = undefined;
  }

  /** The attempts that are due, most urgent first. */
  due(): Attempt[] {
    const due: Attempt[] = [];
    for (const [mark, limit] of [
      // First: it may need a thread that has only just started, and there is always somebody who is next and needs one as well.
      [this.#oldest, PASSES_BY_AGE],
      [this.#nextFresh, PASSES_IN_ORDER],
      [this.#nextRecovery, PASSES_IN_ORDER],
      [this.#oldestAnywhere, PASSES_BY_AGE],
    ] as const) {
      if (mark !== undefined && mark.passes >= limit * Math.max(1, this.threads)) due.push(mark.attempt);
    }
    return due;
  }
}

function waiting(mark: Mark | undefined): Mark | undefined {
  return mark?.attempt.state === 'queued' ? mark : undefined;
}

function passed(mark: Mark | undefined, attempt: Attempt | undefined): Mark | undefined {
  if (attempt === undefined) return undefined;
  if (mark?.attempt !== attempt) return { attempt, passes: 1 };
  mark.passes++;
  return mark;
}
