import type { Attempt, Kin } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { RecoveryBudget } from './budget.ts';
import { PriorityList } from './priority-list.ts';

/** The attempts that wait for a thread: fresh tasks, and recovery work beside them. */
export class Backlog {
  readonly #fresh = new PriorityList();
  readonly #recovery = new PriorityList();
  readonly #budget: RecoveryBudget;
  /** Waiting copies beyond the first of their task. */
  #copies = 0;

  constructor(budget: RecoveryBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#fresh.size + this.#recovery.size;
  }

  /** Tasks that wait: those with several copies here count once. */
  get tasks(): number {
    return this.size - this.#copies;
  }

  get fresh(): number {
    return this.#fresh.size;
  }

  push(attempt: Attempt): void {
    attempt.state = 'queued';
    if (attempt.placement?.kin !== undefined) this.#joins(attempt.placement.kin, attempt);
    this.#laneOf(attempt).push(attempt);
  }

  /** Gives back an attempt that was sent but not started: it is next again. */
  unshift(attempt: Attempt): void {
    attempt.state = 'queued';
    if (attempt.placement?.kin !== undefined) {
      this.release(attempt);
      this.#joins(attempt.placement.kin, attempt);
    }
    this.#laneOf(attempt).unshift(attempt);
  }

  remove(attempt: Attempt): void {
    this.#laneOf(attempt).remove(attempt);
    if (attempt.placement?.kin !== undefined) this.#leaves(attempt.placement.kin, attempt);
  }

  /**
   * An attempt that was given back has ended after all, on the thread that it was handed to last: it waits no longer. False if that thread
   * has another copy of its task by now.
   */
  heard(attempt: Attempt): boolean {
    const kin = attempt.placement?.kin;
    const { threadKey } = attempt;
    if (kin?.barred.includes(threadKey)) return false;
    this.remove(attempt);
    if (kin !== undefined) this.#regroup(kin, () => kin.bar(threadKey));
    return true;
  }

  /**
   * Takes up to `max` attempts that the thread may run, in order; one that has to travel alone comes alone.
   * The two kinds of work are never mixed in one bundle, so that the budget can tell them apart.
   */
  take(max: number, thread: PoolThread): Attempt[] {
    const lane = this.#next();
    const taken = this.#takeFrom(lane, max, thread);
    return taken.length > 0 ? taken : this.#takeFrom(lane === this.#fresh ? this.#recovery : this.#fresh, max, thread);
  }

  /** The attempt gave no result on its thread, which may try again: itself, or another copy. */
  release(attempt: Attempt): void {
    const kin = attempt.placement?.kin;
    if (kin?.barred.includes(attempt.threadKey)) this.#regroup(kin, () => kin.unbar(attempt.threadKey));
  }

  /** The first of each kind of attempts that wait for the same threads, most urgent first. */
  heads(): Attempt[] {
    const lane = this.#next();
    return [...lane.heads(), ...(lane === this.#fresh ? this.#recovery : this.#fresh).heads()];
  }

  /** When the fresh task that waits longest was accepted. A look at the first of each kind, for among them it is. */
  get freshSince(): number | undefined {
    let since: number | undefined;
    for (const { task } of this.#fresh.heads()) if (since === undefined || task.acceptedAt < since) since = task.acceptedAt;
    return since;
  }

  *[Symbol.iterator](): Generator<Attempt> {
    yield* this.#recovery;
    yield* this.#fresh;
  }

  #next(): PriorityList {
    if (this.#recovery.size === 0) return this.#fresh;
    return this.#fresh.size === 0 || this.#budget.allows() ? this.#recovery : this.#fresh;
  }

  #takeFrom(lane: PriorityList, max: number, thread: PoolThread): Attempt[] {
    return lane.size === 0
      ? []
      : lane.take(max, thread, (attempt) => {
          // It is no longer here: giving it up now must not remove it a second time, and the chain behind it too.
          attempt.state = 'taken';
          const kin = attempt.placement?.kin;
          if (kin === undefined) return;
          this.#leaves(kin, attempt);
          attempt.thread = thread;
          this.#regroup(kin, () => kin.bar(thread.key));
        });
  }

  #joins(kin: Kin, attempt: Attempt): void {
    if (kin.queued.push(attempt) > 1) this.#copies++;
  }

  #leaves(kin: Kin, attempt: Attempt): void {
    kin.queued.splice(kin.queued.indexOf(attempt), 1);
    if (kin.queued.length > 0) this.#copies--;
  }

  /** Changes which threads are barred, and with it where the copies that wait belong. */
  #regroup(kin: Kin, change: () => void): void {
    if (kin.queued.length === 0) change();
    else
      this.#fresh.regroup(
        kin.queued.filter((attempt) => !attempt.recovery),
        () =>
          this.#recovery.regroup(
            kin.queued.filter((attempt) => attempt.recovery),
            change,
          ),
      );
  }

  #laneOf(attempt: Attempt): PriorityList {
    return attempt.recovery ? this.#recovery : this.#fresh;
  }
}
