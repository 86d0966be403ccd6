import type { Attempt } from '../../core/task.ts';

/** For each thread of the pool: so many bundles may pass the attempt that is next by priority and turn, and that waits for another thread. */
export const PASSES_IN_ORDER = 2;
/** So many may pass the one that has waited longest, whatever holds it back: its priority, the retry budget, its wishes. */
export const PASSES_BY_AGE = 50;

interface Mark {
  readonly attempt: Attempt;
  /** Bundles that were handed out before it since it was marked. */
  passes: number;
}

/**
 * Who has been passed how often. Order, budget and wishes about threads all hold somebody back while others go; where the load never pauses
 * that may be for ever. So two attempts are watched, the one that is next in order and the one that has waited longest, and each is
 * *due* once it has been passed so often: then it goes first.
 */
export class Turns {
  readonly #threads: number;
  #next: Mark | undefined;
  #oldest: Mark | undefined;

  constructor(threads: number) {
    this.#threads = threads;
  }

  /** Nobody is watched. */
  get quiet(): boolean {
    return this.#next === undefined && this.#oldest === undefined;
  }

  /** A bundle was handed out. `next` was next in order before; `oldest` has waited longest of those that are left. */
  handedOut(next: Attempt | undefined, oldest: Attempt | undefined): void {
    this.#next = next?.state === 'queued' ? passed(this.#next, next) : waiting(this.#next);
    // Once watched it is watched until it goes, also if one that is older is given back: or else that could begin anew for ever.
    this.#oldest = passed(this.#oldest, waiting(this.#oldest)?.attempt ?? oldest);
  }

  /** The attempt waits no longer. */
  forget(attempt: Attempt): void {
    if (this.#next?.attempt === attempt) this.#next = undefined;
    if (this.#oldest?.attempt === attempt) this.#oldest = undefined;
  }

  /** Those whose turn has come. */
  due(): Attempt[] {
    const due: Attempt[] = [];
    if (this.#next !== undefined && this.#next.passes >= PASSES_IN_ORDER * this.#threads) due.push(this.#next.attempt);
    if (this.#oldest !== undefined && this.#oldest.passes >= PASSES_BY_AGE * this.#threads) due.push(this.#oldest.attempt);
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
