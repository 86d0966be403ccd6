import type { StartReason, ThreadExitReason } from '../../core/events.ts';
import type { Executor, Exit } from '../../executors/executor.ts';
import type { Services } from '../services.ts';
import { Crew } from './crew.ts';
import { Fullness } from './fullness.ts';
import { Patience } from './patience.ts';
import { PoolThread } from './pool-thread.ts';
import { explained, isUnproductive, type Restarts } from './restarts.ts';
import { type RosterEvents, type RosterOptions, reasonOf } from './roster-host.ts';
import { Staging } from './staging.ts';

/** Keeps the slots filled that are to be: starts threads, lets spares take over, replaces the dead, counts orphans. */
export class Roster extends Crew {
  readonly #executor: Executor;
  readonly #options: RosterOptions;
  readonly #services: Services;
  readonly #restarts: Restarts;
  #events!: RosterEvents;
  readonly #fullness: Fullness;
  readonly #staging: Staging;
  /** How long threads are given to start and to end. */
  readonly patience: Patience;
  #phase: 'open' | 'stopped' = 'open';
  #nextKey = 1;

  constructor(executor: Executor, options: RosterOptions, services: Services, restarts: Restarts) {
    super(options.threads, options.min ?? options.threads, services.clock.now());
    this.#executor = executor;
    this.#options = options;
    this.#services = services;
    this.#restarts = restarts;
    this.#fullness = new Fullness(services.emitter);
    if (options.idleTimeout === undefined) this.spares = options.spares;
    this.#staging = new Staging({
      clock: services.clock,
      width: options.staging ?? Number.POSITIVE_INFINITY,
      missing: () => this.surplus() < 0,
      starting: () => this.count('starting'),
      start: () => this.#start(reasonOf(options, this.#nextKey, this.surplus() < -this.spares)),
    });
    this.patience = new Patience({
      ...options,
      services,
      tooSlow: (thread) => this.stop(thread, 'startup'),
      immortal: (thread) => this.#orphaned(thread),
    });
  }

  /** Starts the first threads. To be called once, when all parts that the events lead to are there. @throws what `Executor.start` throws */
  open(events: RosterEvents): void {
    this.#events = events;
    this.#staging.fill();
    if (this.places.wanted === 0) this.#watch();
  }

  get health(): Fullness['state'] {
    return this.#fullness.state;
  }

  /** Unproductive deaths that are allowed before one is too many. */
  get restartsLeft(): number {
    return this.#restarts.left;
  }

  /** An idle thread and a spare change places. */
  swap(thread: PoolThread, spare: PoolThread): void {
    const { slot } = thread;
    thread.become('spare');
    thread.slot = -1;
    this.#serve(spare, slot);
  }

  /** Ends a thread that runs nothing of use. If a spare stands by, the slot is never empty. */
  retire(thread: PoolThread, reason: ThreadExitReason): void {
    const { slot } = thread;
    const spare = this.spare(() => true);
    if (spare !== undefined && thread.phase === 'serving') this.swap(thread, spare);
    thread.slot = slot; // Its report names the place where it did its work.
    this.stop(thread, reason);
  }

  /** Starts one thread more than the pool should have, so that another can be recycled without a gap. One at a time; none while the pool is being closed. */
  startSuccessor(): void {
    if (this.#phase === 'open' && this.surplus() <= 0 && !this.expects()) this.#start('replacement');
  }

  /** Wants more slots filled: as many as that, or as there are. Returns how many. */
  grow(count: number): number {
    let grown = 0;
    while (this.#phase === 'open' && grown < count && this.places.grow(this.#services.clock.now())) grown++;
    this.#fillSlots();
    this.#watch();
    this.#staging.fill();
    return grown;
  }

  /** Ends a thread that nothing needs, and leaves its slot empty. */
  shrink(thread: PoolThread): void {
    this.places.leave(thread.slot);
    this.stop(thread, 'idle');
    this.keepSpares(this.spares); // The successor of this thread is not needed any more.
  }

  /** As many threads are to stand by from now on. */
  keepSpares(count: number): void {
    this.spares = count;
    for (let excess = this.count('spare') - count; excess > 0; excess--) this.stop(this.spare(() => true)!, 'idle');
    this.#staging.fill();
  }

  /** Whether a new thread is on its way. */
  expects(): boolean {
    return this.#restarts.imminent || this.#staging.pending || this.coming;
  }

  /** Ends a thread, now or after its teardown. Its death is concluded from its exit, or `terminateTimeout` after that. */
  stop(thread: PoolThread, reason: ThreadExitReason): void {
    if (thread.phase === 'stopping' || thread.phase === 'orphan' || thread.phase === 'dead') return;
    thread.become('stopping');
    thread.stopReason = reason;
    this.#events.stopping(thread);
    void this.patience.end(thread);
    if (thread.teardown.is === 'asked' && this.#phase === 'open') {
      this.places.vacate(thread, this.#services.clock.now()); // Its successor does not wait until it has ended.
      this.#fillSlots();
      this.#replace(reason, false, undefined);
    }
    this.#watch();
  }

  /** Stops every thread; resolves once each has exited or is an orphan. Returns how many were still at work. */
  async stopAll(): Promise<number> {
    this.#phase = 'stopped';
    this.#restarts.cancel();
    this.#staging.stop();
    const all = [...this.members];
    const busy = all.filter(({ idle }) => !idle).length;
    for (const thread of all) this.stop(thread, 'closed');
    await this.patience.allGone(all);
    await this.#executor.close();
    return busy;
  }

  #start(reason: StartReason): void {
    const { clock, tally } = this.#services;
    const thread = new PoolThread(this.#nextKey++, reason, clock.now(), this.#options.recycle.tasks);
    this.members.add(thread);
    tally.threadStarts.add(reason);
    thread.handle = this.#executor.start({
      ...this.#events.messages(thread),
      placed: () => void this.patience.awaitStart(thread),
      ready: () => this.#ready(thread),
      exited: (exit) => this.#exited(thread, exit),
    });
    if (thread.handle.waiting !== true) void this.patience.awaitStart(thread);
  }

  /** It counts no longer, but is listened to. */
  #orphaned(thread: PoolThread): void {
    thread.become('orphan');
    thread.gone.open();
    this.#gone(thread, { cause: 'exit', exitCode: undefined, error: undefined, blame: { of: 'running' } }, thread.stopReason ?? 'orphan');
  }

  #ready(thread: PoolThread): void {
    if (thread.phase !== 'starting') return;
    const { clock, tally, emitter } = this.#services;
    const milliseconds = clock.now() - thread.bornAt;
    tally.startup.observe(milliseconds);
    thread.become('spare');
    thread.begun.open();
    this.#fillSlots();
    const { slot, generation, threadId } = thread; // Now it is known whether it stands by or serves.
    emitter.emit('workerStart', { slot, generation, threadId, reason: thread.startReason, milliseconds });
    this.#watch();
    if (thread.state === 'spare') this.#events.available();
    if (thread.state === 'spare') this.#events.standby();
    this.#staging.fill();
  }

  /** Spares take the empty slots in the same tick, first the one that has been empty longest. */
  #fillSlots(): void {
    for (const slot of this.places.empty()) {
      const spare = this.spare(() => true);
      if (spare === undefined) break;
      this.#serve(spare, slot);
    }
  }

  #serve(thread: PoolThread, slot: number): void {
    const { clock, tally } = this.#services;
    thread.become('serving');
    const stoodEmpty = this.places.seat(thread, slot, clock.now());
    if (stoodEmpty !== undefined) tally.takeover.observe(stoodEmpty);
    thread.handle.assign(slot, thread.generation);
    this.#events.available();
  }

  #exited(thread: PoolThread, exit: Exit): void {
    if (!this.members.delete(thread)) return;
    thread.begun.open();
    const wasOrphan = thread.phase === 'orphan';
    thread.become('dead');
    thread.gone.open();
    if (!wasOrphan) this.#gone(thread, exit, thread.stopReason ?? exit.cause);
  }

  #gone(thread: PoolThread, end: Exit, reason: ThreadExitReason): void {
    const { clock, tally, emitter } = this.#services;
    const exit = reason === 'startup' ? explained(end, thread.stopReason, this.#options.startupTimeout) : end;
    const { slot, generation, threadId } = thread;
    tally.threadExits.add(reason);
    this.places.vacate(thread, clock.now());
    const verdict = this.#events.settle(thread, exit, reason);
    emitter.emit('workerExit', { slot, generation, threadId, reason, exitCode: exit.exitCode });
    if (this.#phase === 'stopped') return;
    this.#fillSlots();
    this.#watch();
    this.#replace(reason, isUnproductive(reason, verdict, thread.finished), exit.error);
  }

  #watch(): void {
    if (this.#phase === 'open') this.#fullness.update(this.serving, this.places.staffed);
  }

  /** Starts what is missing: after a death that had its reason at once, or behind the spare; with back-off after one that had none. */
  #replace(reason: ThreadExitReason, unproductive: boolean, error: unknown): void {
    if (this.#phase === 'stopped') return; // A listener to `degraded` has closed the pool.
    const { min = 1, idleTimeout } = this.#options;
    if (reason === 'startup' && idleTimeout !== undefined && this.serving >= Math.max(min, 1)) {
      // A pool that works, and only cannot grow, has not failed.
      this.places.giveUpGrowth();
      this.#events.growthFailed();
    } else if (unproductive && !this.#restarts.count()) {
      this.#events.poolFailed(error);
      return;
    }
    if (this.surplus() >= 0) return;
    this.#restarts.plan(unproductive ? 'late' : this.unfilled > 0 ? 'now' : 'soon', () => {
      if (this.surplus() < 0) this.#start('replacement');
    });
  }

  /** Threads beyond the number; below 0, as many are missing. A successor that was started early fills a gap as well as any other. */
  surplus(): number {
    return this.#restarts.planned + this.excess;
  }
}
