import { type Services, TIMED_OUT } from '../services.ts';
import { Farewell } from './farewell.ts';
import type { PoolThread } from './pool-thread.ts';

interface PatienceParts {
  readonly services: Services;
  readonly startupTimeout: number;
  readonly terminateTimeout: number;
  /** It is still starting, and its time is over. */
  tooSlow(thread: PoolThread): void;
  /** It was asked to end, and has not exited. */
  immortal(thread: PoolThread): void;
}

/** How long threads may take to start and to end. A timer that fires late looks first. */
export class Patience {
  readonly #parts: PatienceParts;
  readonly #farewell: Farewell;

  constructor(parts: PatienceParts) {
    this.#parts = parts;
    this.#farewell = new Farewell(parts.services, parts.terminateTimeout);
  }

  async awaitStart(thread: PoolThread): Promise<void> {
    const { services, startupTimeout, tooSlow } = this.#parts;
    if ((await services.within(thread.begun.promise, startupTimeout, 'turning')) !== TIMED_OUT) return;
    thread.handle.poll();
    if (thread.phase === 'starting' && thread.handle.waiting === true)
      void this.awaitStart(thread); // It cannot report.
    else if (thread.phase === 'starting') tooSlow(thread);
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
    const { services, terminateTimeout } = this.#parts;
    await Promise.all(threads.map(({ gone }) => services.within(gone.promise, 3 * terminateTimeout, 'turning')));
  }

  /** Threads that go by plan have no more time to do so. */
  hurry(): void {
    this.#farewell.hurry();
  }

  async #awaitEnd(thread: PoolThread): Promise<void> {
    const { services, terminateTimeout, immortal } = this.#parts;
    if ((await services.within(thread.gone.promise, terminateTimeout, 'turning')) !== TIMED_OUT) return;
    // The exit may be waiting in the event loop's queue.
    await new Promise<void>((resolve) => services.clock.setTimeout(resolve, 1));
    thread.handle.poll(); // So may a result that cannot be had again.
    if (thread.phase === 'stopping') immortal(thread);
  }
}
