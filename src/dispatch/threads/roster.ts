import type { StartReason, ThreadExitReason } from '../../core/events.ts';
import type { Attempt } from '../../core/task.ts';
import type { Executor, Exit } from '../../executors/executor.ts';
import { type Services, TIMED_OUT } from '../services.ts';
import { Fullness } from './fullness.ts';
import { PoolThread } from './pool-thread.ts';
import { explained, isUnproductive, type Restarts } from './restarts.ts';
import type { RosterEvents, RosterOptions } from './roster-host.ts';
import { Slots } from './slots.ts';

/** Keeps the slots filled: starts threads, lets spares take over, replaces the dead, counts orphans. */
export class Roster {
  readonly #executor: Executor;
  readonly #options: RosterOptions;
  readonly #services: Services;
  readonly #restarts: Restarts;
  #events!: RosterEvents;
  readonly #fullness: Fullness;
  readonly #threads = new Set<PoolThread>();
  readonly #slots: Slots;
  /** Who serves, by slot. */
  readonly slots: Slots['threads'];
  #phase: 'open' | 'stopped' = 'open';
  #nextKey = 1;
  orphans = 0;

  constructor(executor: Executor, options: RosterOptions, services: Services, restarts: Restarts) {
    this.#executor = executor;
    this.#options = options;
    this.#services = services;
    this.#restarts = restarts;
    this.#fullness = new Fullness(options.threads, services.emitter);
    this.#slots = new Slots(options.threads, services.clock.now());
    this.slots = this.#slots.threads;
  }

  /** Starts the first threads. To be called once, when all parts that the events lead to are there. @throws what `Executor.start` throws */
  open(events: RosterEvents): void {
    this.#events = events;
    const { threads, spares } = this.#options;
    for (let i = 0; i < threads + spares; i++) this.#start(i < threads ? 'first' : 'spare');
  }

  /** Every thread that has not been seen to exit. */
  get threads(): Iterable<PoolThread> {
    return this.#threads;
  }

  /** How many threads a slot has had. */
  generation(slot: number): number {
    return this.#slots.generations[slot]!;
  }

  get health(): Fullness['state'] {
    return this.#fullness.state;
  }

  /** Unproductive deaths that are allowed before one is too many. */
  get restartsLeft(): number {
    return this.#restarts.left;
  }

  /** The thread that an attempt was handed to last, if it is still there. */
  threadOf({ threadKey }: Attempt): PoolThread | undefined {
    for (const thread of this.#threads) if (thread.key === threadKey) return thread;
    return undefined;
  }

  spare(fits: (thread: PoolThread) => boolean): PoolThread | undefined {
    for (const thread of this.#threads) if (thread.phase === 'spare' && fits(thread)) return thread;
    return undefined;
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

  /** Starts one thread more than the pool should have, so that another can be recycled without a gap. One at a time. */
  startSuccessor(): void {
    if (this.surplus() <= 0 && !this.expects()) this.#start('replacement');
  }

  /** Whether a new thread is on its way. */
  expects(): boolean {
    return this.#restarts.imminent || [...this.#threads].some(({ phase, handle }) => phase === 'starting' && handle.waiting !== true);
  }

  /** Ends a thread now. Its death is concluded from its exit, or after `terminateTimeout`. */
  stop(thread: PoolThread, reason: ThreadExitReason): void {
    if (thread.phase === 'stopping' || thread.phase === 'orphan' || thread.phase === 'dead') return;
    thread.become('stopping');
    thread.stopReason = reason;
    this.#events.stopping(thread);
    thread.handle.terminate();
    this.#awaitEnd(thread);
    this.#watch();
  }

  /** Stops every thread; resolves once each has exited or is an orphan. Returns how many were still at work. */
  async stopAll(): Promise<number> {
    this.#phase = 'stopped';
    this.#restarts.cancel();
    let busy = 0;
    const ends: Promise<unknown>[] = [];
    for (const thread of this.#threads) {
      if (!thread.idle) busy++;
      this.stop(thread, 'closed');
      ends.push(this.#services.within(thread.gone.promise, 2 * this.#options.terminateTimeout, 'turning'));
    }
    await Promise.all(ends);
    await this.#executor.close();
    return busy;
  }

  #start(reason: StartReason): void {
    const { clock, tally } = this.#services;
    const thread = new PoolThread(this.#nextKey++, reason, clock.now(), this.#options.recycle.tasks);
    this.#threads.add(thread);
    tally.threadStarts.add(reason);
    thread.handle = this.#executor.start({
      ...this.#events.messages(thread),
      placed: () => void this.#awaitStart(thread),
      ready: () => this.#ready(thread),
      exited: (exit) => this.#exited(thread, exit),
    });
    if (thread.handle.waiting !== true) void this.#awaitStart(thread);
  }

  async #awaitStart(thread: PoolThread): Promise<void> {
    if ((await this.#services.within(thread.begun.promise, this.#options.startupTimeout, 'turning')) !== TIMED_OUT) return;
    thread.handle.poll(); // A timer that fires late must look first.
    if (thread.phase === 'starting' && thread.handle.waiting === true)
      void this.#awaitStart(thread); // Nothing can be heard of it.
    else if (thread.phase === 'starting') this.stop(thread, 'startup');
  }

  async #awaitEnd(thread: PoolThread): Promise<void> {
    if ((await this.#services.within(thread.gone.promise, this.#options.terminateTimeout, 'turning')) !== TIMED_OUT) return;
    // The timer may be late itself: the exit may be waiting in the event loop's queue.
    await new Promise<void>((resolve) => this.#services.clock.setTimeout(resolve, 1));
    thread.handle.poll(); // So may a result that cannot be had again.
    if (thread.phase !== 'stopping') return;
    thread.become('orphan');
    this.orphans++;
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
    // Now it is known whether it stands by or serves.
    const { slot, generation, threadId } = thread;
    emitter.emit('workerStart', { slot, generation, threadId, reason: thread.startReason, milliseconds });
    this.#watch();
    if (thread.state === 'spare') this.#events.available();
    if (thread.state === 'spare') this.#events.standby();
  }

  /** Spares take the empty slots in the same tick, first the one that has been empty longest. */
  #fillSlots(): void {
    for (const slot of this.#slots.empty()) {
      const spare = this.spare(() => true);
      if (spare === undefined) break;
      this.#serve(spare, slot);
    }
  }

  #serve(thread: PoolThread, slot: number): void {
    const { clock, tally } = this.#services;
    thread.become('serving');
    const stoodEmpty = this.#slots.seat(thread, slot, clock.now());
    if (stoodEmpty !== undefined) tally.takeover.observe(stoodEmpty);
    thread.handle.assign(slot, thread.generation);
    this.#events.available();
  }

  #exited(thread: PoolThread, exit: Exit): void {
    if (!this.#threads.delete(thread)) return;
    thread.begun.open();
    const wasOrphan = thread.phase === 'orphan';
    thread.become('dead');
    thread.gone.open();
    if (wasOrphan) this.orphans--;
    else this.#gone(thread, exit, thread.stopReason ?? exit.cause);
  }

  #gone(thread: PoolThread, end: Exit, reason: ThreadExitReason): void {
    const { clock, tally, emitter } = this.#services;
    const exit = reason === 'startup' ? explained(end, thread.stopReason, this.#options.startupTimeout) : end;
    const { slot, generation, threadId } = thread;
    tally.threadExits.add(reason);
    this.#slots.vacate(thread, clock.now());
    const verdict = this.#events.settle(thread, exit, reason);
    emitter.emit('workerExit', { slot, generation, threadId, reason, exitCode: exit.exitCode });
    if (this.#phase === 'stopped') return;
    this.#fillSlots();
    this.#watch();
    this.#replace(isUnproductive(reason, verdict, thread.finished), exit.error);
  }

  #watch(): void {
    if (this.#phase === 'open') this.#fullness.update(this.slots.filter((thread) => thread?.phase === 'serving').length);
  }

  /** Starts what is missing: after a death that had its reason at once, or behind the spare; with back-off after one that had none. */
  #replace(unproductive: boolean, error: unknown): void {
    if (this.#phase === 'stopped') return; // A listener to `degraded` has closed the pool.
    if (unproductive && !this.#restarts.count()) this.#events.poolFailed(error);
    else if (this.surplus() < 0) {
      this.#restarts.plan(unproductive ? 'late' : this.slots.includes(undefined) ? 'now' : 'soon', () => {
        if (this.surplus() < 0) this.#start('replacement');
      });
    }
  }

  /** Threads beyond the number; below 0, as many are missing. A successor that was started early fills a gap as well as any other. */
  surplus(): number {
    let surplus = this.#restarts.planned - this.#options.threads - this.#options.spares;
    for (const thread of this.#threads) if (thread.phase !== 'orphan') surplus++;
    return surplus;
  }
}
