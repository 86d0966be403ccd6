import type { StartReason, ThreadExitReason } from '../../core/events.ts';
import type { Executor, Exit } from '../../executors/executor.ts';
import type { Services } from '../services.ts';
import { Patience, type ThreadKeeper } from './patience.ts';
import { PoolThread } from './pool-thread.ts';
import { explained, isUnproductive, type Restarts } from './restarts.ts';
import type { RosterHost, RosterOptions } from './roster-host.ts';
import { Staff } from './staff.ts';

/** Keeps the slots filled that are to be: starts threads, lets spares take over, replaces the dead, counts orphans. */
export class Roster extends Staff implements ThreadKeeper {
  readonly #executor: Executor;
  readonly #options: RosterOptions;
  #host!: RosterHost;
  /** How long threads are given to start and to end. */
  readonly patience: Patience;

  constructor(executor: Executor, options: RosterOptions, services: Services, restarts: Restarts) {
    super(options, services, restarts);
    this.#executor = executor;
    this.#options = options;
    this.patience = new Patience(services, options, this);
  }

  /** Starts the first threads. To be called once, when all parts to which the host leads are there. @throws what `Executor.start` throws */
  open(host: RosterHost): void {
    this.#host = host;
    this.staging.fill();
    if (this.places.wanted === 0) this.watch();
  }

  /** Unproductive deaths that are allowed before one is too many. */
  get restartsLeft(): number {
    return this.restarts.left;
  }

  /** An idle thread and a spare change places. */
  swap(thread: PoolThread, spare: PoolThread): void {
    const { slot } = thread;
    thread.become('spare');
    thread.slot = -1;
    this.#serve(spare, slot);
  }

  /** Ends a thread after its current task; what it has not begun runs elsewhere. */
  dismiss(thread: PoolThread, reason: ThreadExitReason): void {
    if (thread.phase === 'spare') this.stop(thread, reason);
    if (thread.phase !== 'serving') return;
    thread.retiring ??= reason;
    this.#host.leaving(thread);
    this.release(thread);
  }

  /** A thread that is to end after its current task ends now, if it is at none. */
  release(thread: PoolThread): void {
    const { retiring } = thread;
    if (retiring !== undefined && thread.idle && thread.phase === 'serving') this.retire(thread, retiring);
  }

  /** Ends a thread that runs nothing of use. If a spare stands by, the slot is never empty. */
  retire(thread: PoolThread, reason: ThreadExitReason): void {
    const { slot } = thread;
    const spare = this.spare(() => true);
    if (spare !== undefined && thread.phase === 'serving') this.swap(thread, spare);
    thread.slot = slot; // Its report names the place where it did its work.
    this.stop(thread, reason);
  }

  /** Ends a thread, now or after its teardown. Its death is concluded from its exit, or `terminateTimeout` after that. */
  stop(thread: PoolThread, reason: ThreadExitReason): void {
    if (thread.phase === 'stopping' || thread.phase === 'orphan' || thread.phase === 'dead') return;
    thread.become('stopping');
    thread.stopReason = reason;
    this.#host.leaving(thread);
    void this.patience.end(thread);
    if (thread.teardown.is === 'asked' && this.phase === 'open') {
      this.places.vacate(thread, this.services.clock.now()); // Its successor does not wait until it has ended.
      this.fillSlots();
      this.#replace(reason, false, undefined);
    }
    this.watch();
  }

  /** Stops every thread; resolves once each has exited or is an orphan. Returns how many were still at work. */
  async stopAll(): Promise<number> {
    this.phase = 'stopped';
    this.restarts.cancel();
    this.staging.stop();
    const all = [...this.members];
    const busy = all.filter(({ idle }) => !idle).length;
    for (const thread of all) this.stop(thread, 'closed');
    await this.patience.allGone(all);
    await this.#executor.close();
    return busy;
  }

  protected start(reason: StartReason): void {
    const { clock, tally } = this.services;
    const thread = new PoolThread(this.nextKey++, reason, clock.now(), this.#options.recycle.tasks);
    this.members.add(thread);
    tally.threadStarts.add(reason);
    thread.handle = this.#executor.start({
      ...this.#host.messages(thread),
      placed: () => void this.patience.awaitStart(thread),
      lost: () => {
        thread.lost = true;
      },
      ready: () => this.#ready(thread),
      exited: (exit) => this.#exited(thread, exit),
    });
    if (thread.handle.waiting !== true) void this.patience.awaitStart(thread);
  }

  /** It was asked to end, and has not exited: it counts no longer, but is listened to. */
  orphaned(thread: PoolThread): void {
    thread.become('orphan');
    thread.gone.open();
    this.#gone(thread, { cause: 'exit', exitCode: undefined, error: undefined, blame: { of: 'running' } }, thread.stopReason ?? 'orphan');
  }

  #ready(thread: PoolThread): void {
    if (thread.phase !== 'starting') return;
    const { clock, tally, emitter } = this.services;
    const milliseconds = clock.now() - thread.bornAt;
    tally.startup.observe(milliseconds);
    thread.become('spare');
    thread.begun.open();
    this.fillSlots();
    const { slot, generation, threadId } = thread; // Now it is known whether it stands by or serves.
    emitter.emit('workerStart', { slot, generation, threadId, reason: thread.startReason, milliseconds });
    this.watch();
    if (thread.state === 'spare') this.#host.available();
    if (thread.state === 'spare') this.#host.standby();
    this.staging.fill();
  }

  /** Spares take the empty slots in the same tick, first the one that has been empty longest. */
  protected fillSlots(): void {
    for (const slot of this.places.empty()) {
      const spare = this.spare(() => true);
      if (spare === undefined) break;
      this.#serve(spare, slot);
    }
  }

  #serve(thread: PoolThread, slot: number): void {
    const { clock, tally } = this.services;
    thread.become('serving');
    const stoodEmpty = this.places.seat(thread, slot, clock.now());
    if (stoodEmpty !== undefined) tally.takeover.observe(stoodEmpty);
    thread.handle.assign(slot, thread.generation);
    this.#host.available();
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
    const { clock, tally, emitter } = this.services;
    const exit = reason === 'startup' ? explained(end, thread.stopReason, this.#options.startupTimeout) : end;
    const { slot, generation, threadId } = thread;
    tally.threadExits.add(reason);
    this.places.vacate(thread, clock.now());
    const verdict = this.#host.settle(thread, exit, reason);
    emitter.emit('workerExit', { slot, generation, threadId, reason, exitCode: exit.exitCode });
    if (this.phase === 'stopped') return;
    this.fillSlots();
    this.trim();
    this.watch();
    this.#replace(reason, isUnproductive(reason, verdict, thread.finished), exit.error);
  }

  /** Starts what is missing: after a death that had its reason at once, or behind the spare; with back-off after one that had none. */
  #replace(reason: ThreadExitReason, unproductive: boolean, error: unknown): void {
    if (this.phase === 'stopped') return; // A listener to `degraded` has closed the pool.
    const { min = 1, idleTimeout } = this.#options;
    if (reason === 'startup' && idleTimeout !== undefined && this.serving >= Math.max(min, 1)) {
      // A pool that works, and only cannot grow, has not failed.
      this.places.giveUpGrowth();
      this.#host.growth?.growthFailed();
    } else if (unproductive && !this.restarts.count()) {
      this.#host.poolFailed(error);
      return;
    }
    if (this.surplus() >= 0) return;
    this.restarts.plan(unproductive ? 'late' : this.unfilled > 0 ? 'now' : 'soon', () => {
      if (this.surplus() < 0) this.start('replacement');
      else this.#host.available(); // What has waited for it must not go on doing so.
    });
  }
}
