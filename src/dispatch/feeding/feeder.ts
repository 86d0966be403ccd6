import { NotCloneableError } from '../../core/errors.ts';
import type { Attempt } from '../../core/task.ts';
import type { Watchdog } from '../outcomes/watchdog.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { Pace } from '../queue/pace.ts';
import type { Services } from '../services.ts';
import type { Bundle, PoolThread } from '../threads/pool-thread.ts';
import type { Roster } from '../threads/roster.ts';
import { Room } from './make-room.ts';
import { isCommitted, mayBeRelieved, mayRunTwice } from './relief.ts';

/** An item that runs this long holds up what was handed over behind it; milliseconds. */
const PATIENCE = 1;
/** Results that wait behind an item for so long are fetched by running their tasks elsewhere; milliseconds. */
const RESCUE_AFTER = 20;
/** Mail that a thread has not looked at is taken back after so long at the latest; milliseconds. */
const MOST_PATIENCE = 1_000;

export interface FeederEvents {
  /** The input cannot be cloned. */
  uncloneable(attempt: Attempt, error: unknown): void;
  /** The attempt was given up while it was handed over. */
  abandoned(thread: PoolThread, attempt: Attempt): void;
  /** All that the thread had was taken back from it. */
  emptied(thread: PoolThread): void;
  /** The task's queue or total time-out passed while it waited; true if it was settled for it. */
  overdue(attempt: Attempt, now: number): boolean;
}

/** Hands waiting attempts to threads, in bundles, and takes back what waits behind a long one. */
export class Feeder {
  readonly #backlog: Backlog;
  readonly #pace: Pace;
  readonly #services: Services;
  readonly #watchdog: Watchdog;
  readonly #events: FeederEvents;
  readonly #roster: () => Roster;
  #flushing: 'no' | 'planned' = 'no';
  #tail: ReturnType<Services['clock']['setTimeout']> | undefined;
  #lastScan = 0;
  /**
   * How long mail may lie unread, in milliseconds. It is the time that large inputs take to arrive, as far as that is known: each time something was
   * taken back unread it doubles. Or else two threads that unpack large inputs would be idle in turn, and take them from each other for ever.
   */
  #mailPatience = RESCUE_AFTER;
  readonly #room: Room;

  constructor(parts: { backlog: Backlog; pace: Pace; services: Services; watchdog: Watchdog; roster: () => Roster; events: FeederEvents }) {
    this.#backlog = parts.backlog;
    this.#pace = parts.pace;
    this.#services = parts.services;
    this.#watchdog = parts.watchdog;
    this.#roster = parts.roster;
    this.#events = parts.events;
    this.#room = new Room({ backlog: parts.backlog, clock: parts.services.clock, roster: parts.roster, again: () => this.plan() });
  }

  /** Feeds in a microtask, so that tasks submitted together travel together. */
  plan(): void {
    if (this.#flushing === 'planned') return;
    this.#flushing = 'planned';
    queueMicrotask(() => {
      this.#flushing = 'no';
      this.flush();
    });
  }

  /** Gives work to every thread that can take some: idle ones first, then a bundle behind the one that runs. */
  flush(): void {
    const { slots } = this.#roster();
    // Also where nothing waits here: a thread that has just come takes over what lies behind a long item of another.
    for (const thread of slots) if (thread?.idle) this.#fill(thread);
    for (let i = 0; i < slots.length && this.#backlog.size > 0; i++) {
      const thread = slots[i];
      if (thread !== undefined && !thread.idle) this.#fill(thread);
    }
    if (this.#backlog.size > 0) this.#room.make();
  }

  /** A bundle is done: fills up its thread, which may want more. */
  feed(thread: PoolThread): void {
    this.#mailPatience = Math.max(RESCUE_AFTER, 0.9 * this.#mailPatience);
    this.#offer(thread);
  }

  #offer(thread: PoolThread): void {
    this.#fill(thread);
    if (this.#backlog.size > 0 && thread.idle && thread.open) this.plan(); // Something waits, and not for this thread.
  }

  #fill(thread: PoolThread): void {
    if (!thread.open) return;
    const now = this.#services.clock.now();
    if (now - this.#lastScan > PATIENCE / 2) this.#takeBackFromStuck(thread, now);
    while (this.#backlog.size > 0 && thread.open && thread.hasRoom) {
      if (!thread.idle && (this.#someoneIdle(thread) || now - thread.handle.itemStartedAt > PATIENCE)) return;
      if (!this.#send(thread, now)) return;
    }
    if (thread.idle && thread.open) this.#watchTail(thread);
  }

  stop(): void {
    this.#services.clock.clearTimeout(this.#tail);
    this.#tail = undefined;
    this.#room.stop();
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

  #revoked(thread: PoolThread, bundle: Bundle, claimed: number): void {
    if (thread.phase === 'dead' || thread.phase === 'orphan') return; // The autopsy has dealt with it.
    const back = bundle.attempts.slice(claimed, bundle.size);
    bundle.size = Math.min(bundle.size, claimed);
    bundle.state = 'revoked';
    thread.started -= back.length;
    if (bundle.reported >= bundle.size) thread.drop(bundle);
    this.giveBack(back);
    if (thread.idle) this.#events.emptied(thread);
  }

  /** Attempts that were taken or sent in vain are next in the queue, in their old order. */
  giveBack(attempts: readonly Attempt[]): void {
    for (let i = attempts.length - 1; i >= 0; i--) {
      const attempt = attempts[i]!;
      const waits = attempt.state === 'sent' || attempt.state === 'taken';
      if (waits && attempt.task.state === 'open') this.#backlog.unshift(attempt);
    }
    if (this.#backlog.size > 0) this.plan();
  }

  #send(thread: PoolThread, now: number): boolean {
    const size = this.#pace.size(this.#backlog.size, this.#roster().slots.length);
    const attempts = this.#backlog.take(size, thread);
    if (attempts.length === 0) return false;
    let due = attempts.filter((attempt) => !this.#events.overdue(attempt, now));
    // Whoever heard of an overdue task may have given up others in the same breath, or ended the thread.
    if (due.length < attempts.length) due = due.filter((attempt) => attempt.state === 'taken');
    if (!thread.open) this.giveBack(due);
    else if (due.length > 0) this.#post(thread, due, now);
    return true;
  }

  #post(thread: PoolThread, attempts: readonly Attempt[], now: number): void {
    const number = thread.nextBundle;
    try {
      thread.handle.send(number, attempts);
    } catch (error) {
      if (attempts.length === 1) {
        this.#events.uncloneable(attempts[0]!, new NotCloneableError('argument', error));
        return;
      }
      // One of the inputs cannot be cloned: from now on each goes alone, and that one is found.
      for (const attempt of attempts) attempt.placement = { ...attempt.placement, alone: true };
      this.giveBack(attempts);
      return;
    }
    thread.nextBundle++;
    thread.bundles.push({ number, attempts, size: attempts.length, reported: 0, state: 'sent', sentAt: now });
    thread.started += attempts.length;
    let limit = Number.POSITIVE_INFINITY;
    const abandoned: Attempt[] = [];
    for (const attempt of attempts) {
      // While inputs are cloned their getters run, and may give up any task.
      if (attempt.state === 'taken') attempt.state = 'sent';
      else abandoned.push(attempt);
      attempt.startedAt = now;
      attempt.thread = thread;
      attempt.bundle = number;
      if (attempt.task.spec.limits.run < limit) limit = attempt.task.spec.limits.run;
    }
    this.#watchdog.watch(thread, limit, now);
    for (const attempt of abandoned) this.#events.abandoned(thread, attempt);
  }

  /**
   * What lies unclaimed behind a long item goes to whoever is free, charged to nobody. After a while so does what has ended before it, but
   * whose results the thread could not send yet: better twice than late. The thread's own results of
   * those are late ones as soon as they have been handed to another.
   */
  #takeBackFromStuck(free: PoolThread, now: number): void {
    this.#lastScan = now;
    for (const thread of this.#roster().slots) {
      if (thread === undefined || thread === free || thread.idle) continue;
      if (thread.current() === undefined) {
        this.#takeBackUnread(thread, now);
        continue;
      }
      const runs = now - thread.handle.itemStartedAt;
      if (runs > PATIENCE && thread.unclaimed() > 0) this.revoke(thread);
      if (runs > RESCUE_AFTER && thread.unreported().some(mayRunTwice)) this.#rescue(thread);
    }
  }

  /** It is between two items: perhaps blocked by what a task has left, perhaps still unpacking what it was sent. */
  #takeBackUnread(thread: PoolThread, now: number): void {
    const since = Math.max(thread.handle.itemStartedAt, thread.bundles.at(-1)!.sentAt);
    if (now - since <= this.#mailPatience || thread.unclaimed() === 0) return;
    this.#mailPatience = Math.min(MOST_PATIENCE, 2 * this.#mailPatience);
    this.revoke(thread);
  }

  #rescue(thread: PoolThread): void {
    thread.handle.poll(); // Their results may just have arrived.
    const unheard = thread.unreported().filter(mayRunTwice);
    for (const attempt of unheard) attempt.hasBegun = true;
    this.giveBack(unheard);
  }

  #someoneIdle(except: PoolThread): boolean {
    for (const thread of this.#roster().slots) if (thread !== undefined && thread !== except && thread.idle && thread.open) return true;
    return false;
  }

  /** This thread has nothing to do while others may sit on more than they can start: look again soon. */
  #watchTail(idle: PoolThread): void {
    if (this.#tail !== undefined) return;
    if (!this.#roster().slots.some((thread) => thread !== undefined && thread !== idle && mayBeRelieved(thread))) return;
    this.#tail = this.#services.clock.setTimeout(() => {
      this.#tail = undefined;
      for (const thread of this.#roster().slots) if (thread?.idle) this.#offer(thread);
    }, 2 * PATIENCE);
  }
}
