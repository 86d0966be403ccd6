import { type Services, TIMED_OUT } from '../services.ts';
import { Farewell } from './farewell.ts';
import type { PoolThread } from './pool-thread.ts';

/** Milliseconds. */
interface Times {
  readonly startupTimeout: number;
  readonly terminateTimeout: number;
}

/** What is in charge of the threads. */
export interface ThreadKeeper {
  /** Ends a thread. */
  stop(thread: PoolThread, reason: 'startup'): void;
  /** It was asked to end, and has not exited. */
  orphaned(thread: PoolThread): void;
}

/** How long threads may take to start and to end. A timer that fires late looks first. */
export class Patience {
  readonly #services: Services;
  readonly #times: Times;
  readonly #keeper: ThreadKeeper;
  readonly #farewell: Farewell;

  constructor(services: Services, times: Times, keeper: ThreadKeeper) {
    this.#services = services;
    this.#times = times;
    this.#keeper = keeper;
    this.#farewell = new Farewell(services, times.terminateTimeout);
  }

  async awaitStart(thread: PoolThread): Promise<void> {
    if ((await this.#services.within(thread.begun.promise, this.#times.startupTimeout, 'turning')) !== TIMED_OUT) return;
    thread.handle.poll();
    if (thread.phase === 'starting' && thread.handle.waiting === true)
      void this.awaitStart(thread); // It cannot report.
    else if (thread.phase === 'starting') this.#keeper.stop(thread, 'startup');
  }

  /** Ends a thread, in good order if it goes by plan. */
  async end(thread: PoolThread): Promise<void> {
    if (this.#farewell.isDue(thread)) {
      await this.#farewell.take(thread);
      if (thread.phase === 'dead') return;
    }
    thread.handle.terminate();
    await this.#awaitEnd(thread);
  }

  /** Resolves once each of these threads, which are being ended, has exited or is an orphan. */
  async allGone(threads: readonly PoolThread[]): Promise<void> {
    await Promise.all(threads.map(({ gone }) => gone.promise)); // Each has a limit of its own.
  }

  /** Threads that go by plan have no more time to do so. */
  hurry(): void {
    this.#farewell.hurry();
  }

  async #awaitEnd(thread: PoolThread): Promise<void> {
    const { clock, within } = this.#services;
    if ((await within(thread.gone.promise, this.#times.terminateTimeout, 'turning')) !== TIMED_OUT) return;
    // The exit may be waiting in the event loop's queue.
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 1));
    thread.handle.poll(); // So may a result that cannot be had again.
    if (thread.phase === 'stopping') this.#keeper.orphaned(thread);
  }
}
