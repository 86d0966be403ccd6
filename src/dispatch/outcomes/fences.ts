import type { Clock, Timer } from '../../core/clock.ts';
import type { ThreadExitReason } from '../../core/events.ts';
import type { Attempt } from '../../core/task.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { Bundle, Fence, PoolThread } from '../threads/pool-thread.ts';
import type { Roster } from '../threads/roster.ts';
import { isInNeed } from './surplus.ts';
import type { DeathWitness } from './witnesses.ts';

/** Milliseconds between two looks whether another task needs the thread of a surplus copy. */
const NEEDED_EVERY = 5;
/** Milliseconds between two searches of bundles for surplus copies that take long. */
const SURPLUS_EVERY = 50;

/** Attempts that were given up while they ran: each is asked to stop, and its thread ended if it does not. */
export class Fences {
  readonly #clock: Clock;
  readonly #abortGrace: number;
  readonly #roster: Roster;
  readonly #backlog: Backlog;
  readonly #reports: DeathWitness;
  /** Threads with attempts in their bundles that are no longer needed. */
  readonly #surplusTimers = new Map<PoolThread, Timer>();

  constructor(parts: { clock: Clock; abortGrace: number; roster: Roster; backlog: Backlog; reports: DeathWitness }) {
    this.#clock = parts.clock;
    this.#abortGrace = parts.abortGrace;
    this.#roster = parts.roster;
    this.#backlog = parts.backlog;
    this.#reports = parts.reports;
  }

  put(thread: PoolThread, bundle: Bundle, index: number, mode: Fence['mode'], reason: ThreadExitReason): void {
    const attempt = bundle.attempts[index]!;
    this.lift(thread);
    this.#reports.gaveUp(thread, attempt);
    if (mode === 'stop' && this.#abortGrace === 0) {
      this.#roster.stop(thread, reason);
      return;
    }
    const fence: Fence = { attempt, since: this.#clock.now(), mode, timer: undefined };
    thread.fence = fence;
    thread.handle.abort(bundle.number, index);
    if (mode === 'stop') fence.timer = this.#clock.setTimeout(() => this.#graceOver(thread, fence, reason), this.#abortGrace);
    else this.#askAgain(thread, fence);
  }

  /**
   * Attempts of a bundle are no longer needed. They are left to run, because they are short; one that turns out to be long gets a fence.
   * One timer for a thread, however many they are.
   */
  watchSurplus(thread: PoolThread): void {
    if (this.#surplusTimers.has(thread)) return;
    const timer = this.#clock.setTimeout(() => {
      this.#surplusTimers.delete(thread);
      const current = thread.fence === undefined ? thread.current() : undefined;
      const long = this.#clock.now() - thread.handle.itemStartedAt >= SURPLUS_EVERY / 2;
      if (current?.attempt.state === 'surplus' && long) this.put(thread, current.bundle, current.index, 'surplus', 'aborted');
      else if (thread.bundles.some(({ attempts }) => attempts.some(({ state }) => state === 'surplus'))) this.watchSurplus(thread);
    }, SURPLUS_EVERY);
    this.#surplusTimers.set(thread, timer);
  }

  /** The thread is dead. */
  forget(thread: PoolThread): void {
    this.lift(thread);
    this.#clock.clearTimeout(this.#surplusTimers.get(thread));
    this.#surplusTimers.delete(thread);
  }

  /** A fenced attempt has ended after all: its thread is free again. */
  ended(thread: PoolThread, attempt: Attempt): void {
    if (thread.fence?.attempt === attempt) this.lift(thread);
  }

  lift(thread: PoolThread): void {
    this.#clock.clearTimeout(thread.fence?.timer);
    thread.fence = undefined;
  }

  #graceOver(thread: PoolThread, fence: Fence, reason: ThreadExitReason): void {
    thread.handle.poll();
    if (thread.fence === fence) this.#roster.stop(thread, reason);
  }

  #askAgain(thread: PoolThread, fence: Fence): void {
    fence.timer = this.#clock.setTimeout(() => {
      if (thread.fence !== fence) return;
      if (isInNeed(this.#roster, this.#backlog, this.#clock.now())) this.#roster.retire(thread, 'reclaimed');
      else this.#askAgain(thread, fence);
    }, NEEDED_EVERY);
  }
}

/**
 * Whether a surplus attempt is left alone: short, like all that travel together, so that to stop it would cost more than to let it end. Where
 * another of its task has failed it may be none of these: that one may have hung, or killed its thread.
 */
export function mayRunOn(thread: PoolThread, attempt: Attempt): boolean {
  return attempt.task.history === undefined && (thread.bundleOf(attempt)?.attempts.length ?? 0) > 1;
}
