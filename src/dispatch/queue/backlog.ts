import type { CopyGroup } from '../../core/copy-group.ts';
import type { Attempt } from '../../core/task.ts';
import type { Shared } from '../threads/following.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { RecoveryBudget } from './budget.ts';
import { Lane, older } from './lane.ts';
import { mayHaveNow } from './placing.ts';
import { Turns } from './turns.ts';

const NONE: readonly Attempt[] = [];

/** The attempts that wait for a thread: fresh tasks, and recovery work beside them. */
export class Backlog implements Shared {
  readonly #fresh = new Lane();
  readonly #recovery = new Lane();
  readonly #budget: RecoveryBudget;
  readonly #turns: Turns;
  #lastTurn = 0;
  /** Waiting copies that make no task of their own wait: another copy of theirs counts for it, or has been handed out. */
  #copies = 0;

  /** @param threads that share what waits */
  constructor(budget: RecoveryBudget, threads: number) {
    this.#budget = budget;
    this.#turns = new Turns(threads);
  }

  /** How many threads share what waits from now on. */
  share(threads: number): void {
    this.#turns.threads = threads;
  }

  get size(): number {
    return this.#fresh.size + this.#recovery.size;
  }

  /** Tasks that wait: those with several copies here count once, and those of which a copy has been handed to a thread not at all. */
  get tasks(): number {
    return this.size - this.#copies;
  }

  get fresh(): number {
    return this.#fresh.size;
  }

  push(attempt: Attempt): void {
    attempt.queue();
    attempt.turn = ++this.#lastTurn;
    if (attempt.placement?.kin !== undefined) this.#joins(attempt.placement.kin, attempt);
    this.#laneOf(attempt).push(attempt);
  }

  /** Gives back an attempt that was sent but not started: it is next again. */
  unshift(attempt: Attempt): void {
    attempt.queue();
    if (attempt.placement?.kin !== undefined) {
      this.release(attempt);
      this.#joins(attempt.placement.kin, attempt);
    }
    this.#laneOf(attempt).unshift(attempt);
    this.#turns.comesBack(attempt);
  }

  remove(attempt: Attempt): void {
    this.#laneOf(attempt).remove(attempt);
    this.#turns.forget(attempt);
    if (attempt.placement?.kin !== undefined) this.#leaves(attempt.placement.kin, attempt);
  }

  /** Whether its outcome would arrive if it has ended on the thread that it was handed to last. */
  hears({ placement, threadKey }: Attempt): boolean {
    return placement?.kin?.barred.includes(threadKey) !== true;
  }

  /**
   * An attempt that was given back has ended after all, on the thread that it was handed to last: it waits no longer. False if that thread
   * has another copy of its task by now.
   */
  heard(attempt: Attempt): boolean {
    const kin = attempt.placement?.kin;
    const { threadKey } = attempt;
    if (!this.hears(attempt)) return false;
    this.remove(attempt);
    if (kin !== undefined) this.#regroup(kin, 'bar', threadKey, attempt.thread?.domain);
    return true;
  }

  /**
   * Takes up to `max` attempts that the thread may run: those that are due first, then in order. An attempt that has to travel alone comes alone.
   * The two kinds of work are never mixed in one bundle, so that the budget can tell them apart.
   */
  take(max: number, thread: PoolThread): Attempt[] {
    const uniform = this.#uniform;
    if (uniform && this.#turns.quiet) return this.#takeFrom(this.#fresh, max, thread);
    const lane = this.#next();
    const { first = this.#beside(lane).first } = lane;
    const due = this.due().find((attempt) => mayHaveNow(attempt, thread));
    const taken = due === undefined ? this.#takeInOrder(lane, max, thread) : this.#takeWith(due, max, thread);
    if (taken.length > 0) this.#turns.handedOut(first, ...(uniform ? [] : this.#oldest));
    return taken;
  }

  /** Those that have been passed as often as they may be: each gets the next thread that it may run on. */
  due(): readonly Attempt[] {
    return this.#turns.quiet ? NONE : this.#turns.due();
  }

  /** The attempt gave no result on its thread, which may try again: itself, or another copy. */
  release(attempt: Attempt): void {
    const kin = attempt.placement?.kin;
    if (kin?.barred.includes(attempt.threadKey)) this.#regroup(kin, 'unbar', attempt.threadKey);
  }

  /** The first of each kind of attempts that wait for the same threads, most urgent first. */
  heads(): Attempt[] {
    const lane = this.#next();
    return [...lane.heads(), ...this.#beside(lane).heads()];
  }

  /** When the fresh task that waits longest was accepted. */
  get freshSince(): number | undefined {
    return this.#fresh.oldest?.task.acceptedAt;
  }

  *[Symbol.iterator](): Generator<Attempt> {
    yield* this.#recovery;
    yield* this.#fresh;
  }

  /** Only fresh tasks of one kind and one priority wait: none is passed by another. */
  get #uniform(): boolean {
    return this.#recovery.size === 0 && this.#fresh.uniform;
  }

  /** The attempt that has waited longest, of all, and of those that may run on any thread. */
  get #oldest(): readonly [all: Attempt | undefined, anywhere: Attempt | undefined] {
    const [fresh, recovery] = [this.#fresh, this.#recovery];
    return [older(fresh.oldest, recovery.oldest), older(fresh.oldestAnywhere, recovery.oldestAnywhere)];
  }

  #next(): Lane {
    if (this.#recovery.size === 0) return this.#fresh;
    return this.#fresh.size === 0 || this.#budget.allows() ? this.#recovery : this.#fresh;
  }

  #beside(lane: Lane): Lane {
    return lane === this.#fresh ? this.#recovery : this.#fresh;
  }

  #takeInOrder(lane: Lane, max: number, thread: PoolThread): Attempt[] {
    const taken = this.#takeFrom(lane, max, thread);
    return taken.length > 0 ? taken : this.#takeFrom(this.#beside(lane), max, thread);
  }

  #takeFrom(lane: Lane, max: number, thread: PoolThread): Attempt[] {
    return lane.size === 0 ? [] : lane.take(max, thread, (attempt) => this.#taken(attempt, thread));
  }

  #takeWith(due: Attempt, max: number, thread: PoolThread): Attempt[] {
    return this.#laneOf(due).takeWith(due, max, thread, (attempt) => this.#taken(attempt, thread));
  }

  #taken(attempt: Attempt, thread: PoolThread): void {
    // It is no longer here: giving it up now must not remove it a second time, and the chain behind it too.
    const kin = attempt.placement?.kin;
    attempt.take(kin && thread);
    if (kin === undefined) return;
    if (kin.barred.length === 0) kin.leader = attempt.number;
    this.#leaves(kin, attempt);
    const { place } = thread;
    if (place !== undefined && kin.domains.includes(place.name)) place.shared();
    this.#regroup(kin, 'bar', thread.key, place?.name);
  }

  #joins(kin: CopyGroup, attempt: Attempt): void {
    this.#copies -= uncounted(kin);
    kin.waiting.push(attempt);
    this.#copies += uncounted(kin);
  }

  #leaves(kin: CopyGroup, attempt: Attempt): void {
    const { waiting } = kin;
    this.#copies -= uncounted(kin);
    if (waiting[waiting.length - 1] === attempt) waiting.pop();
    else waiting.splice(waiting.indexOf(attempt), 1);
    this.#copies += uncounted(kin);
  }

  /** Changes whether the thread is barred, and with it where the copies that wait belong. */
  #regroup(kin: CopyGroup, change: 'bar' | 'unbar', threadKey: number, domain?: string): void {
    const waiting = kin.waiting as Attempt[];
    for (const attempt of waiting) this.#laneOf(attempt).remove(attempt);
    this.#copies -= uncounted(kin);
    if (change === 'bar') kin.bar(threadKey, domain);
    else kin.unbar(threadKey);
    this.#copies += uncounted(kin);
    for (const attempt of waiting) this.#laneOf(attempt).putBack(attempt);
  }

  #laneOf(attempt: Attempt): Lane {
    return attempt.recovery ? this.#recovery : this.#fresh;
  }
}

/** Waiting copies of a group that make no task of their own wait. */
function uncounted({ waiting, barred }: CopyGroup): number {
  return waiting.length > 0 && barred.length === 0 ? waiting.length - 1 : waiting.length;
}
