import type { Clock, Timer } from '../../core/clock.ts';
import type { Attempt } from '../../core/task.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { Roster } from '../threads/roster.ts';
import type { GivingUp } from './giving-up.ts';
import type { ModuleLoads } from './module-loads.ts';

interface WatchdogParts {
  readonly clock: Clock;
  readonly roster: Roster;
  /** Milliseconds that a thread may leave its mail lying, and that a module may take to load. */
  readonly options: { readonly terminateTimeout: number; readonly startupTimeout: number };
  readonly givingUp: GivingUp;
  readonly moduleLoads: ModuleLoads;
}

/** What is watched of one thread. */
interface Watch {
  timer: Timer | undefined;
  /** When the timer is due. */
  at: number;
  /** What the thread had seen when it was found with unread mail, and when that was. */
  unread: { readonly seen: number; readonly finished: number; readonly since: number } | undefined;
  /** The attempt that will have timed out if it still runs at the next look. */
  suspect: Attempt | undefined;
  /** The thread was asked, and has not answered yet. */
  asks: boolean;
}

/**
 * Run time-outs, at no cost per task: each thread has at most one timer, which looks at the item that is running, and at when
 * it started. Time that an item waited behind others does not count.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #roster: Roster;
  readonly #patience: number;
  readonly #startupTimeout: number;
  readonly #givingUp: GivingUp;
  readonly #moduleLoads: ModuleLoads;
  readonly #watches = new WeakMap<PoolThread, Watch>();

  constructor(parts: WatchdogParts) {
    this.#clock = parts.clock;
    this.#roster = parts.roster;
    this.#patience = parts.options.terminateTimeout;
    this.#startupTimeout = parts.options.startupTimeout;
    this.#givingUp = parts.givingUp;
    this.#moduleLoads = parts.moduleLoads;
  }

  /** A bundle was sent, whose tightest limit is `limit` milliseconds. */
  watch(thread: PoolThread, limit: number, now: number): void {
    const delay = Math.min(limit, this.#patience);
    const watch = this.#watchOf(thread);
    if (now + delay >= watch.at) return;
    this.#clock.clearTimeout(watch.timer);
    watch.at = now + delay;
    watch.timer = this.#clock.setTimeout(() => this.#look(thread, watch), Math.ceil(delay));
  }

  forget(thread: PoolThread): void {
    this.#clock.clearTimeout(this.#watches.get(thread)?.timer);
    this.#watches.delete(thread);
  }

  #watchOf(thread: PoolThread): Watch {
    let watch = this.#watches.get(thread);
    if (watch === undefined) {
      watch = { timer: undefined, at: Number.POSITIVE_INFINITY, unread: undefined, suspect: undefined, asks: false };
      this.#watches.set(thread, watch);
    }
    return watch;
  }

  #look(thread: PoolThread, watch: Watch): void {
    watch.timer = undefined;
    watch.at = Number.POSITIVE_INFINITY;
    if (thread.phase !== 'serving') return;
    thread.handle.poll(); // This timer may be late, and the result already here.
    if (thread.phase !== 'serving' || (thread.idle && !thread.hasMail)) return;
    const now = this.#clock.now();
    const current = thread.current();
    if (current === undefined || thread.handle.sending) {
      if (this.#isUnresponsive(thread, watch, current?.attempt, now)) this.#unresponsive(thread, watch, now);
      else this.watch(thread, tightest(thread), now);
      return;
    }
    watch.unread = undefined;
    const loads = thread.handle.loading === true;
    const limit = loads ? this.#startupTimeout : current.attempt.task.spec.limits.run;
    const left = thread.handle.itemStartedAt + limit - now;
    if (left > 0) this.watch(thread, Math.min(left, tightest(thread)), now);
    else if (thread.handle.ask !== undefined) {
      const { attempt } = current;
      this.#whenHeard(thread, watch, () => {
        const heardAt = this.#clock.now();
        const runs = thread.current()?.attempt === attempt && thread.handle.itemStartedAt + limit <= heardAt;
        if (runs) this.#verdict(thread, attempt, loads, heardAt);
        else this.watch(thread, tightest(thread), heardAt);
      });
    } else if (watch.suspect !== current.attempt) {
      // If this timer is late, the thread's death may be waiting behind it in the event loop's queue: it gets one turn before the verdict.
      watch.suspect = current.attempt;
      this.watch(thread, 1, now);
    } else this.#verdict(thread, current.attempt, loads, now);
  }

  #verdict(thread: PoolThread, attempt: Attempt, loads: boolean, now: number): void {
    if (loads && attempt.state === 'sent') this.#moduleLoads.late(thread, attempt);
    else this.#convict(thread, attempt, now);
  }

  /** Convicts it once. Its thread may live on, and is watched on. */
  #convict(thread: PoolThread, attempt: Attempt, now: number): void {
    if (thread.fence?.attempt !== attempt || thread.fence.mode === 'surplus') this.#givingUp.timedOut(thread, attempt);
    if (thread.phase === 'serving') this.watch(thread, tightest(thread), now);
  }

  /**
   * What is known here of a far thread may be old: it is asked, and until the answer comes no attempt times out. How long that may
   * be is judged where the thread lives.
   */
  #whenHeard(thread: PoolThread, watch: Watch, then: () => void): void {
    if (thread.handle.ask === undefined) {
      then();
      return;
    }
    if (watch.asks) return;
    watch.asks = true;
    thread.handle.ask(() => {
      watch.asks = false;
      if (thread.phase === 'serving') then();
    });
  }

  #unresponsive(thread: PoolThread, watch: Watch, now: number): void {
    const { unread } = watch;
    this.#whenHeard(thread, watch, () => {
      const still = watch.unread === unread && thread.handle.seen === unread?.seen && thread.finished === unread.finished;
      if (still) this.#endUnresponsive(thread, watch, now);
      else this.watch(thread, tightest(thread), this.#clock.now());
    });
  }

  /** The thread runs no item, and yet leaves its mail lying. */
  #endUnresponsive(thread: PoolThread, watch: Watch, now: number): void {
    const culprit = this.#unsent(thread, watch, now);
    if (culprit !== undefined) this.#givingUp.timedOut(thread, culprit);
    this.#roster.stop(thread, culprit === undefined ? 'unresponsive' : 'timeout');
  }

  /**
   * Results were made, and the thread hangs while it sends them. If it is one, and that has taken as long as its task may run, the task is to blame;
   * otherwise each has to show alone.
   */
  #unsent(thread: PoolThread, { unread }: Watch, now: number): Attempt | undefined {
    const attempts = thread.unreported();
    const [only] = attempts;
    const since = unread?.since ?? Number.POSITIVE_INFINITY;
    if (attempts.length === 1 && now - since >= only!.task.spec.limits.run) return only;
    for (const attempt of attempts) attempt.travelAlone();
    return undefined;
  }

  /**
   * Leftovers of a settled task may block a thread forever, while it runs no item that could time out. So may a result that is being cloned,
   * which gets as long as its task may run, but no longer than a task may that waits on that thread meanwhile.
   */
  #isUnresponsive(thread: PoolThread, watch: Watch, waiting: Attempt | undefined, now: number): boolean {
    const { seen } = thread.handle;
    const { finished } = thread;
    const before = watch.unread;
    if (thread.idle && !thread.hasMail) watch.unread = undefined;
    else if (before?.seen !== seen || before.finished !== finished) watch.unread = { seen, finished, since: now };
    else {
      const others = waiting?.task.spec.limits.run ?? Number.POSITIVE_INFINITY;
      const patience = Math.max(this.#patience, Math.min(timeToSend(thread.unreported()), others));
      return now - before.since >= patience && now > thread.readsUntil;
    }
    return false;
  }
}

/**
 * A result may take as long to be cloned as its task may run. If there are several, any of them may be the slow one, and each has to run alone to
 * show it: the shortest limit ends the wait, unless one of them may not be started again.
 */
function timeToSend(unreported: readonly Attempt[]): number {
  if (unreported.length === 0) return 0;
  const limits = unreported.map(({ task }) => task.spec.limits.run);
  return Math.max(Math.min(...limits), ...limits.filter((_, i) => !unreported[i]!.mayRunTwice));
}

function tightest(thread: PoolThread): number {
  let limit = Number.POSITIVE_INFINITY;
  for (const bundle of thread.bundles) for (const attempt of bundle.attempts) limit = Math.min(limit, attempt.task.spec.limits.run);
  return limit;
}
