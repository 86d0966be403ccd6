import type { Clock, Timer } from '../../core/clock.ts';
import type { Attempt } from '../../core/task.ts';
import type { Distance } from '../../executors/executor.ts';
import type { TakesBack } from '../outcomes/outcomes-host.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { Bundle, PoolThread } from '../threads/pool-thread.ts';
import type { Recycling } from '../threads/recycling.ts';
import type { Roster } from '../threads/roster.ts';
import type { Rounds } from './rounds.ts';

/** What is right for threads of this machine. */
export const NEAR: Distance = { pace: 1, patience: 1, rescue: 20 };
/** Milliseconds after which mail that a thread has not looked at is taken back at the latest. */
const MOST_PATIENCE = 1_000;

interface TakeBackParts {
  readonly backlog: Backlog;
  readonly clock: Clock;
  readonly roster: Roster;
  readonly distance: Distance;
  readonly recycling: Recycling;
  readonly feeder: Rounds;
}

/** Takes back from threads what they have not begun, and what others wait for although it has ended. */
export class TakeBack implements TakesBack {
  readonly #parts: TakeBackParts;
  #tail: Timer | undefined;
  #lastScan = 0;
  /** Those that were found to hold results back, until the next turn. */
  readonly #holders: PoolThread[] = [];
  /**
   * Milliseconds that mail may lie unread: an estimate of the time that large inputs take to arrive. It doubles each time something is taken back
   * unread. Otherwise two threads that unpack large inputs would be idle in turn, and take them from each other forever.
   */
  #mailPatience: number;

  constructor(parts: TakeBackParts) {
    this.#parts = parts;
    this.#mailPatience = parts.distance.rescue;
  }

  /** A bundle was done in time. */
  ease(): void {
    this.#mailPatience = Math.max(this.#parts.distance.rescue, 0.9 * this.#mailPatience);
  }

  stop(): void {
    this.#parts.clock.clearTimeout(this.#tail);
    this.#tail = undefined;
  }

  /** Takes back what a thread has not begun: it is next in the queue. `then` is called when the thread has answered. */
  revoke(thread: PoolThread, then?: () => void): void {
    let open = 1;
    const answered = (): void => {
      if (--open === 0) then?.();
    };
    for (const bundle of [...thread.bundles]) {
      if (bundle.state !== 'sent' || isCommitted(bundle)) continue;
      bundle.state = 'revoking';
      open++;
      thread.handle.revoke(bundle.number, (claimed) => {
        this.#revoked(thread, bundle, claimed);
        answered();
      });
    }
    answered();
  }

  /** Attempts that were taken or sent in vain are next in the queue, in their old order. */
  giveBack(attempts: readonly Attempt[]): void {
    const { backlog, feeder } = this.#parts;
    for (let i = attempts.length - 1; i >= 0; i--) {
      const attempt = attempts[i]!;
      const waits = attempt.state === 'sent' || attempt.state === 'taken';
      if (waits && attempt.task.state === 'open') backlog.unshift(attempt);
    }
    if (backlog.size > 0) feeder.plan();
  }

  /**
   * Takes back what lies unclaimed behind a long item, so that a free thread can run it; this uses up no retry. After a while it also takes back
   * items that ended before the long one, if the thread could not send their results yet: to run them twice is better than to be late. The
   * thread's own results of those count as late as soon as another thread has them.
   * @returns whether the free thread is to get nothing yet: what is to be had back goes first, in the turn that is planned for it
   */
  fromStuck(free: PoolThread, now: number, within: 'turn' | 'midst'): boolean {
    const due = now - this.#lastScan > this.#parts.distance.patience / 2;
    if (due && this.#holders.length === 0) this.#scan(free, now);
    if (this.#holders.length === 0) return false;
    if (within === 'turn') this.rescue();
    else this.#parts.feeder.plan();
    return within === 'midst';
  }

  /** Takes back the items whose threads could not send their results. To be called in a turn of the feeder's own: first, what has arrived is taken in. */
  rescue(): void {
    if (this.#holders.length === 0) return;
    const holders = this.#holders.splice(0);
    this.#parts.feeder.listen(); // Their results may just have arrived.
    for (const thread of holders) {
      const unheard = thread.unreported().filter(({ mayRunTwice }) => mayRunTwice);
      for (const attempt of unheard) attempt.begin();
      this.giveBack(unheard);
    }
  }

  /** This thread has nothing to do while others may sit on more than they can start: look again soon. */
  watchTail(idle: PoolThread): void {
    const { clock, roster, feeder, distance } = this.#parts;
    if (this.#tail !== undefined) return;
    if (!roster.slots.some((thread) => thread !== undefined && thread !== idle && mayBeRelieved(thread))) return;
    this.#tail = clock.setTimeout(() => {
      this.#tail = undefined;
      for (const thread of roster.slots) if (thread?.idle) feeder.offer(thread);
    }, 2 * distance.patience);
  }

  #scan(free: PoolThread, now: number): void {
    const { patience, rescue } = this.#parts.distance;
    this.#lastScan = now;
    for (const thread of this.#parts.roster.slots) {
      if (thread === undefined || thread === free || thread.idle) continue;
      if (thread.current() === undefined) {
        this.#takeBackUnread(thread, now);
        continue;
      }
      const runs = now - thread.busySince;
      if (runs > patience && thread.unclaimed() > 0) this.revoke(thread);
      if (runs > rescue && thread.unreported().some(({ mayRunTwice }) => mayRunTwice)) this.#holders.push(thread);
    }
  }

  #revoked(thread: PoolThread, bundle: Bundle, claimed: number): void {
    if (thread.phase === 'dead' || thread.phase === 'orphan') return; // The autopsy has dealt with it.
    const kept = Math.min(Math.max(claimed, bundle.reported), bundle.size); // Whatever the answer says: what was reported had begun.
    const back = bundle.attempts.slice(kept, bundle.size);
    bundle.size = kept;
    bundle.state = 'revoked';
    thread.started -= back.length;
    if (bundle.reported >= bundle.size) thread.drop(bundle);
    this.giveBack(back);
    if (thread.idle) this.#parts.recycling.between(thread);
  }

  /** It is between two items: perhaps blocked by what a task has left, perhaps still unpacking what it was sent. */
  #takeBackUnread(thread: PoolThread, now: number): void {
    const since = Math.max(thread.busySince, thread.bundles.at(-1)!.sentAt);
    if (now - since <= this.#mailPatience || now <= thread.readsUntil || thread.unclaimed() === 0) return;
    this.#mailPatience = Math.min(MOST_PATIENCE, 2 * this.#mailPatience);
    this.revoke(thread);
  }
}

/** The memory of its input has moved to the thread: it cannot be had back, nor sent to another. */
function isCommitted(bundle: Bundle): boolean {
  const [first] = bundle.attempts;
  return first!.state === 'sent' && first!.movesMemory;
}

/** Whether a thread holds something, now or soon, that another one could take over. */
function mayBeRelieved(thread: PoolThread): boolean {
  if (thread.bundles.some((bundle) => bundle.state === 'sent' && !isCommitted(bundle) && thread.standing(bundle).claimed < bundle.size))
    return true;
  return thread.unreported().some(({ mayRunTwice }) => mayRunTwice);
}
