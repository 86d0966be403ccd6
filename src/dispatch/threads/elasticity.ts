import type { Clock, Timer } from '../../core/clock.ts';
import { Backoff } from '../../core/restart/backoff.ts';
import type { PoolThread } from './pool-thread.ts';
import type { RestartOptions } from './restarts.ts';
import type { Roster } from './roster.ts';
import type { Growth, RosterOptions } from './roster-host.ts';

/** What waits would keep the threads busy for longer than this, in milliseconds: more of them are started at once. */
const AT_ONCE = 5;
/** Milliseconds between two looks whether something has been waiting all the time, although it is little. */
const LOOK = 10;
/** Milliseconds in which a thread that was started for what waits can be expected. */
const EXPECTED = 50;
/** Milliseconds that a pool must have been busy before it keeps spares. */
const BUSY = 100;

interface ElasticityParts {
  readonly clock: Clock;
  readonly roster: Roster;
  /** What waits for threads. */
  readonly backlog: { readonly size: number };
  /** Mean run time in milliseconds, as far as it is known. */
  readonly pace: { readonly mean: number | undefined };
  readonly options: {
    readonly min: number;
    readonly spares: number;
    readonly idleTimeout: number;
    readonly staging: number;
    readonly restart: RestartOptions;
  };
}

/**
 * How many threads there are: more while something waits for them, fewer when they have had nothing to do for `idleTimeout`. An idle pool has no timer
 * of it, and a task that finds an idle thread costs it a comparison.
 */
export class Elasticity implements Growth {
  readonly #parts: ElasticityParts;
  readonly #backoff: Backoff;
  #phase: 'open' | 'stopped' = 'open';
  #spares: 'none' | 'kept' = 'none';
  #looking: Timer | undefined;
  #sweeping: Timer | undefined;
  #busyFor = 0;
  #grownAt = Number.NEGATIVE_INFINITY;
  /** Until then no thread is started for what waits, because the last one did not start. */
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: ElasticityParts) {
    const { restart } = parts.options;
    this.#parts = parts;
    this.#backoff = new Backoff({ ...restart, resetAfter: restart.within }, parts.clock);
  }

  /** Whether another thread can be had now. */
  get mayGrow(): boolean {
    return this.#phase === 'open' && this.#parts.roster.free > 0 && this.#parts.clock.now() >= this.#heldUntil;
  }

  /** What waited was handed to the threads that could take it. */
  fed(): void {
    if (this.#phase === 'stopped') return;
    const { roster, backlog } = this.#parts;
    this.#watch();
    if (backlog.size > 0 && roster.free > 0 && !this.#isAnyIdle()) this.#growFor(backlog.size);
  }

  /** An attempt needs a thread that is not there. Returns whether one will come. */
  another(): boolean {
    return this.mayGrow && this.#grow(1);
  }

  /** A thread that was started for what waits has failed to start. The others serve: the next try has to wait, and that is all. */
  growthFailed(): void {
    this.#heldUntil = this.#parts.clock.now() + Math.max(LOOK, this.#backoff.next());
    this.#watch();
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#parts.clock.clearTimeout(this.#looking);
    this.#parts.clock.clearTimeout(this.#sweeping);
  }

  #growFor(waiting: number): void {
    const { roster, pace, options, clock } = this.#parts;
    const serving = roster.slots.reduce((count, thread) => (thread?.phase === 'serving' ? count + 1 : count), 0);
    const { mean } = pace;
    if (serving > 0 && mean !== undefined && (mean * waiting) / serving <= AT_ONCE) return;
    const { unfilled } = roster;
    const most = clock.now() - this.#grownAt < EXPECTED ? options.staging - unfilled : options.staging;
    this.#grow(Math.min(waiting - unfilled, most));
  }

  #grow(count: number): boolean {
    if (count <= 0 || !this.mayGrow || this.#parts.roster.grow(count) === 0) return false;
    this.#grownAt = this.#parts.clock.now();
    this.#watch();
    return true;
  }

  /** Sets the timers that are needed. */
  #watch(): void {
    const { roster, options, clock } = this.#parts;
    const canGrow = roster.free > 0 || (this.#spares === 'none' && options.spares > 0);
    if (canGrow && this.#looking === undefined && this.#isBusy()) {
      this.#looking = clock.setTimeout(() => {
        this.#looking = undefined;
        this.#look();
      }, LOOK);
    }
    if (this.#canShrink() && options.idleTimeout !== Number.POSITIVE_INFINITY) this.#sweepIn(options.idleTimeout);
  }

  #look(): void {
    const { roster, backlog, options } = this.#parts;
    if (this.#phase === 'stopped' || !this.#isBusy()) return;
    if (roster.slots.some((thread) => thread?.state === 'busy')) this.#busyFor += LOOK;
    if (this.#busyFor >= BUSY && this.#spares === 'none' && options.spares > 0) {
      this.#spares = 'kept';
      roster.keepSpares(options.spares);
    }
    const waits = backlog.size > 0 || roster.slots.some((thread) => thread !== undefined && liesBehind(thread));
    if (waits && roster.unfilled === 0 && !this.#isAnyIdle()) this.#grow(1);
    else if (backlog.size > 0 && !this.#isAnyIdle()) this.#growFor(backlog.size);
    this.#watch();
  }

  #isBusy(): boolean {
    const { roster, backlog } = this.#parts;
    return backlog.size > 0 || roster.slots.some((thread) => thread?.phase === 'serving' && !thread.idle);
  }

  #isAnyIdle(): boolean {
    return this.#parts.roster.slots.some((thread) => thread?.idle && thread.open);
  }

  #canShrink(): boolean {
    const { roster, options } = this.#parts;
    // One that came too late for the slot that it was started for stands by, although no spare is wanted.
    return this.#spares === 'kept' || roster.size > options.min || roster.surplus() > 0;
  }

  #sweepIn(ms: number): void {
    this.#sweeping ??= this.#parts.clock.setTimeout(
      () => {
        this.#sweeping = undefined;
        this.#sweep();
      },
      Math.max(LOOK, ms),
    );
  }

  /** Threads that have had nothing to do for long enough go, those of the highest slots first; then the spares, if nothing runs at all. */
  #sweep(): void {
    if (this.#phase === 'stopped') return;
    const { roster, options, clock, backlog } = this.#parts;
    const now = clock.now();
    // One that works has time left, also where idle threads go at once.
    const left = (thread: PoolThread): number =>
      thread.idle ? idleSince(thread) - now + options.idleTimeout : Math.max(1, options.idleTimeout);
    let next = options.idleTimeout;
    for (let slot = roster.slots.length - 1; slot >= 0 && roster.size > options.min; slot--) {
      const thread = roster.slots[slot];
      if (thread?.phase !== 'serving') continue;
      if (backlog.size === 0 && left(thread) <= 0) roster.shrink(thread);
      else next = Math.min(next, left(thread));
    }
    const last = roster.slots.reduce((longest, thread) => (thread?.phase === 'serving' ? Math.max(longest, left(thread)) : longest), 0);
    if (roster.size <= options.min && backlog.size === 0 && last <= 0) {
      this.#spares = 'none';
      this.#busyFor = 0;
      roster.keepSpares(0);
    }
    if (this.#canShrink()) this.#sweepIn(roster.size > options.min ? Math.min(next, Math.max(last, 1)) : last);
  }
}

function idleSince({ heardUntil, servesSince }: PoolThread): number {
  return Math.max(heardUntil, servesSince);
}

/** Whether a thread has been handed more than what it is at. */
function liesBehind(thread: PoolThread): boolean {
  return thread.phase === 'serving' && (thread.bundles.length > 1 || thread.unclaimed() > 0);
}

/** @returns `undefined` for a pool of a fixed number of threads */
export function elasticityOf(
  options: RosterOptions & { readonly restart: RestartOptions },
  parts: Omit<ElasticityParts, 'options'>,
): Elasticity | undefined {
  const { threads, min = threads, spares, idleTimeout, staging = Number.POSITIVE_INFINITY, restart } = options;
  return idleTimeout === undefined ? undefined : new Elasticity({ ...parts, options: { min, spares, idleTimeout, staging, restart } });
}
