import type { Clock } from '../../core/clock.ts';
import { Backoff, type BackoffLimits } from '../../core/restart/backoff.ts';
import { type IntensityLimits, RestartIntensity } from '../../core/restart/intensity.ts';
import type { ServerThreads } from '../host/server-thread.ts';
import type { Log } from '../log/log.ts';
import type { FromThread, ThreadInit } from '../wire.ts';
import type { Death, Ended } from './death.ts';
import { Member, type Role } from './member.ts';
import { Restarts } from './restarts.ts';
import { Watch } from './watch.ts';

export interface CrewOptions {
  readonly replicas: number;
  readonly standby: number;
  readonly handlerTimeout: number;
  readonly startTimeout: number;
  readonly terminateTimeout: number;
  readonly restart: IntensityLimits & BackoffLimits;
}

export interface CrewEvents {
  message(member: Member, message: FromThread): void;
  /** A thread has died that was not stopped. Says whether others may still take its place. */
  died(member: Member, death: Death): void;
  /** A thread is to vote from now on. */
  joined(member: Member): void;
  /** A standby has become a voter. */
  tookOver(member: Member, from: Member, ms: number): void;
  /** Threads die faster than the restart intensity allows. */
  exhausted(death: Death): void;
}

export interface CrewParts {
  readonly options: CrewOptions;
  readonly log: Log;
  readonly clock: Clock;
  readonly threads: ServerThreads;
  readonly events: CrewEvents;
  /** The order for the next thread: to make the state, or to restore it from the snapshot of the log. */
  init(replica: number): ThreadInit;
  /** Whether this replica has thrown at that message, and its vote stands while the others still vote. */
  hasThrown(seq: number, replica: number): boolean;
}

/** The threads of a server: those that vote, and those that stand by. Fills every place again that becomes free. */
export class Crew {
  readonly #parts: CrewParts;
  readonly #intensity: RestartIntensity;
  readonly #backoff: Backoff;
  readonly #watch: Watch;
  #members: Member[] = [];
  /** They do nothing more, and are not yet gone. */
  readonly #leaving = new Set<Member>();
  readonly #orphans = new Set<Member>();
  readonly #restarts: Restarts;
  #state: 'open' | 'closed' = 'open';
  restarts = 0;
  #onEmpty: (() => void) | undefined;

  constructor(parts: CrewParts) {
    const { clock, options } = parts;
    this.#parts = parts;
    // One message that kills takes all replicas with it, so each has its own allowance.
    const { intensity, within } = options.restart;
    this.#intensity = new RestartIntensity({ intensity: intensity * options.replicas, within }, clock);
    this.#backoff = new Backoff({ resetAfter: options.restart.within, ...options.restart }, clock);
    this.#restarts = new Restarts(clock, parts.log, () => this.#restart());
    this.#watch = new Watch(clock, options, () => this.#members);
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Threads that were given up, because they do not end. */
  get orphans(): number {
    return this.#orphans.size;
  }

  get voters(): readonly Member[] {
    return this.#members.filter(({ role }) => role === 'voter');
  }

  get standbys(): readonly Member[] {
    return this.#members.filter(({ role }) => role === 'standby');
  }

  /** The first thread, alone: it makes the state that all others are given. */
  begin(): void {
    this.#start('voter');
  }

  /** Starts what is missing. */
  fill(): void {
    if (this.#state === 'closed') return;
    const { replicas, standby } = this.#parts.options;
    for (let n = this.voters.length; n < replicas; n++) this.#start('voter');
    for (let n = this.standbys.length; n < standby; n++) this.#start('standby');
  }

  /** Hands out what there is, and watches that no member takes too long. */
  feed(): void {
    for (const member of this.#members) member.feed();
    this.#restarts.look();
    this.#watch.look();
  }

  /** What the threads that live no longer need, and the snapshot does not either. */
  get needed(): number {
    let needed = this.#parts.log.start;
    for (const { state, cursor } of this.#members) if (state !== 'dead' && state !== 'ending') needed = Math.min(needed, cursor);
    return needed;
  }

  /** Forgets what is in the snapshot, and what no member needs. A member so far behind that the log would grow without a bound goes on from the snapshot. */
  trim(mostBytes: number = Number.POSITIVE_INFINITY): void {
    const { log } = this.#parts;
    log.trim(this.needed);
    if (log.bytes <= mostBytes || log.snapshot === undefined) return;
    for (const member of this.#members) member.skipTo(log.snapshot);
    log.trim(this.needed);
  }

  /** Those that have, or may have, applied a message that was dropped. */
  taint(seq: number): void {
    for (const member of [...this.#members]) if (member.cursor > seq) member.end('tainted');
  }

  /** Ends all. Resolves when none is left. */
  async close(): Promise<void> {
    await this.#end();
    await this.#parts.threads.close();
  }

  #end(): Promise<void> {
    this.#state = 'closed';
    this.#watch.close();
    this.#restarts.close();
    for (const member of this.#members) member.end('stopped');
    if (this.#members.length + this.#leaving.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  #start(role: Role): void {
    const { log, threads, clock, init, options, hasThrown } = this.#parts;
    const replica = this.#freeNumber(role === 'voter' ? 0 : options.replicas);
    const events = {
      message: (member: Member, message: FromThread) => this.#parts.events.message(member, message),
      died: (member: Member, death: Death) => this.#died(member, death),
      left: (member: Member, as: 'ended' | 'orphan') => this.#left(member, as),
    };
    const member = new Member({
      log,
      start: threads.start,
      init: init(replica),
      role,
      cursor: log.start,
      clock,
      events,
      terminateTimeout: options.terminateTimeout,
      mustWait: (seq) => hasThrown(seq, replica),
    });
    this.#members.push(member);
    if (role === 'voter') this.#parts.events.joined(member);
    this.#watch.look();
  }

  /** A number that no living replica has. */
  #freeNumber(from: number): number {
    const taken = new Set(this.#members.map(({ replica }) => replica));
    let free = from;
    while (taken.has(free)) free++;
    return free;
  }

  #died(member: Member, death: Death): void {
    this.#members = this.#members.filter((one) => one !== member);
    this.#leaving.add(member);
    if (this.#state === 'closed') return;
    const { clock, events } = this.#parts;
    const since = clock.now();
    // Before anybody takes over: what has killed it may be dropped by this.
    events.died(member, death);
    if (this.#isClosed()) return; // That was the end of the server.
    if (!UNCOUNTED.has(death.cause) && !this.#intensity.add()) {
      events.exhausted(death);
      return;
    }
    const tookOver = member.role === 'voter' ? this.#takeOver(member, since) : undefined;
    const delay = UNCOUNTED.has(death.cause) ? 0 : this.#backoff.next();
    if (tookOver === undefined) this.#restarts.later(delay);
    else this.#restarts.afterTakeOver(tookOver, delay);
    this.feed();
  }

  #left(member: Member, as: 'ended' | 'orphan'): void {
    this.#leaving.delete(member);
    if (as === 'orphan') this.#orphans.add(member);
    else this.#orphans.delete(member);
    if (this.#state === 'closed' && this.#members.length + this.#leaving.size === 0) this.#onEmpty?.();
  }

  /** A standby goes on from where it is: it has all that is committed, and is given the rest. */
  #takeOver(dead: Member, since: number): Member | undefined {
    const [next] = this.standbys.filter(({ state }) => state !== 'ending').sort((a, b) => rank(b) - rank(a));
    if (next === undefined) return undefined;
    next.role = 'voter';
    this.#parts.events.joined(next);
    next.feed();
    this.#parts.events.tookOver(next, dead, this.#parts.clock.now() - since);
    return next;
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #restart(): void {
    if (this.#state === 'closed') return;
    this.restarts++;
    this.fill();
  }
}

/** Deaths that are our own doing, and follow from one that was counted. */
const UNCOUNTED: ReadonlySet<Death['cause'] | Ended> = new Set(['tainted', 'stopped']);

/** One that copies its state, which may take long, goes on only if there is no other. */
const rank = ({ state, applied, asked }: Member): number => (state === 'live' ? 2 ** 42 : 0) + (asked.size === 0 ? 2 ** 41 : 0) + applied;
