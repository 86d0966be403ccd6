import type { Clock, Timer } from '../../core/clock.ts';
import type { Attempt } from '../../core/task.ts';
import type { Backlog } from '../queue/backlog.ts';
import { fits, isCrowded, mayHaveNow } from '../queue/placing.ts';
import type { Elasticity } from '../threads/elasticity.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { Roster } from '../threads/roster.ts';
import type { Rounds } from './rounds.ts';

/**
 * Milliseconds to wait for busy threads, about what a new thread takes to start: one of them may suit the attempt, or bring a verdict that makes
 * it needless.
 */
export const WAIT = 50;

/**
 * Makes room for attempts that no idle thread may run, because they need another thread than their other copies, or a fresh one.
 * An idle thread changes places with a spare; where no spare will do, a thread is renewed. So copies find their threads
 * whatever the number of threads, down to one.
 */
export class Room {
  readonly #backlog: Backlog;
  readonly #clock: Clock;
  readonly #roster: Roster;
  readonly #feeder: Rounds;
  readonly #elasticity: Elasticity | undefined;
  /** The thread that was ended so that a fresh one comes. */
  #ended: PoolThread | undefined;
  #timer: Timer | undefined;
  #waitsFor: Attempt | undefined;

  constructor(parts: { backlog: Backlog; clock: Clock; roster: Roster; feeder: Rounds; elasticity: Elasticity | undefined }) {
    this.#backlog = parts.backlog;
    this.#clock = parts.clock;
    this.#roster = parts.roster;
    this.#feeder = parts.feeder;
    this.#elasticity = parts.elasticity;
  }

  /**
   * To be called when every idle thread has been offered what waits, and something still waits.
   * @returns a thread that has come in, to be given what it came for before any other attempt is
   */
  make(): PoolThread | undefined {
    const roster = this.#roster;
    const idle = roster.slots.find((thread) => thread?.idle && thread.open);
    if (idle === undefined) return undefined;
    const heads = this.#backlog.heads();
    for (const head of heads) {
      if (fits(head.placement, idle)) return undefined;
      const spare = roster.spare((thread) => fits(head.placement, thread));
      if (spare === undefined) continue;
      roster.swap(idle, spare);
      return spare;
    }
    if (heads.length > 0) this.#renew(idle, heads[0]!);
    return undefined;
  }

  /**
   * A thread looks for work. If an attempt is due that may not run on it, room is made for that attempt, while others go on. If a spare suits the
   * attempt, the thread gets nothing behind what it runs, and changes places with the spare as soon as it is idle. Nor does it if only a new thread
   * will do: one that always has something behind what it runs is never idle, and so never renewed.
   * @returns the thread that is to be given work now: the same, or the one that has taken its place; `undefined` if none is
   */
  whoIsNextAt(thread: PoolThread): PoolThread | undefined {
    for (const attempt of this.#backlog.due()) {
      if (mayHaveNow(attempt, thread)) return thread;
      const roster = this.#roster;
      const spare = roster.spare((one) => fits(attempt.placement, one));
      if (spare !== undefined) {
        if (!thread.idle) return undefined;
        roster.swap(thread, spare);
        return spare;
      }
      if (thread.idle) this.#renew(thread, attempt);
      if (!thread.open || (!thread.idle && this.#suitsNobody(attempt) && this.#isTimeToRenew(thread, attempt))) return undefined;
    }
    return thread;
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #renew(idle: PoolThread, first: Attempt): void {
    if (!this.#isTimeToRenew(idle, first)) return;
    this.#waitsFor = undefined;
    // A spare that will not do may as well go: then the slot is not empty meanwhile.
    this.#ended = this.#roster.spare(() => true) ?? idle;
    this.#roster.stop(this.#ended, 'recycled');
  }

  /** Whether the thread is to be renewed for the attempt now. If not, it is seen to that another thread comes, or that the time for it does: others at work may make it needless. */
  #isTimeToRenew(thread: PoolThread, first: Attempt): boolean {
    const { slots } = this.#roster;
    if (first.placement !== undefined && isCrowded(first.placement, thread)) return false;
    if (this.#ended !== undefined && this.#ended.phase === 'stopping') return false;
    if (this.#roster.expects() || this.#elasticity?.another() === true) return false; // The new thread will fit anything.
    const othersWork = slots.some((one) => one !== undefined && one !== thread && !one.idle);
    if (!othersWork || (this.#waitsFor === first && this.#timer === undefined)) return true;
    this.#wait(first);
    return false;
  }

  #suitsNobody({ placement }: Attempt): boolean {
    return this.#roster.slots.every((thread) => thread === undefined || !fits(placement, thread));
  }

  #wait(attempt: Attempt): void {
    if (this.#timer !== undefined) return;
    this.#waitsFor = attempt;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      if (this.#waitsFor?.state !== 'queued') this.#waitsFor = undefined;
      this.#feeder.plan();
    }, WAIT);
  }
}
