import type { Attempt } from '../core/task.ts';
import type { RecoveryBudget } from './budget.ts';
import { PriorityList } from './priority-list.ts';

/** The attempts that wait for a thread: fresh tasks, and recovery work beside them. */
export class Backlog {
  readonly #fresh = new PriorityList();
  readonly #recovery = new PriorityList();
  readonly #budget: RecoveryBudget;

  constructor(budget: RecoveryBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#fresh.size + this.#recovery.size;
  }

  get fresh(): number {
    return this.#fresh.size;
  }

  push(attempt: Attempt): void {
    attempt.state = 'queued';
    this.#laneOf(attempt).push(attempt);
  }

  /** Gives back an attempt that was sent but not started: it is next again. */
  unshift(attempt: Attempt): void {
    attempt.state = 'queued';
    this.#laneOf(attempt).unshift(attempt);
  }

  remove(attempt: Attempt): void {
    this.#laneOf(attempt).remove(attempt);
  }

  /** The attempt that is next in turn, whoever may run it. */
  peek(): Attempt | undefined {
    return this.#next().first() ?? this.#fresh.first();
  }

  /**
   * Takes up to `max` attempts that `fits` accepts, in order; one that has to travel alone comes alone.
   * The two kinds of work are never mixed in one bundle, so that the budget can tell them apart.
   */
  take(max: number, fits: (attempt: Attempt) => boolean): Attempt[] {
    const lane = this.#next();
    let taken = lane.take(max, fits);
    if (taken.length === 0) taken = (lane === this.#fresh ? this.#recovery : this.#fresh).take(max, fits);
    // It is no longer here: giving it up now must not remove it a second time, and the chain behind it too.
    for (const attempt of taken) attempt.state = 'taken';
    return taken;
  }

  *[Symbol.iterator](): Generator<Attempt> {
    yield* this.#recovery;
    yield* this.#fresh;
  }

  #next(): PriorityList {
    if (this.#recovery.size === 0) return this.#fresh;
    return this.#fresh.size === 0 || this.#budget.allows() ? this.#recovery : this.#fresh;
  }

  #laneOf(attempt: Attempt): PriorityList {
    return attempt.recovery ? this.#recovery : this.#fresh;
  }
}
