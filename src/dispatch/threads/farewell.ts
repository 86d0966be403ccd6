import type { ThreadExitReason } from '../../core/events.ts';
import { TeardownError } from '../../core/module-errors.ts';
import { type Services, TIMED_OUT } from '../services.ts';
import type { PoolThread } from './pool-thread.ts';

/** Why a thread ends although nothing is wrong with what runs in it. */
const PLANNED: ReadonlySet<ThreadExitReason | undefined> = new Set(['closed', 'recycled', 'idle', 'outvoted', 'node'] as const);

/** Has the modules of a thread torn down before it ends by plan. Others are not: the state of a thread in which something went wrong is not known. */
export class Farewell {
  readonly #services: Services;
  readonly #limit: number;
  readonly #asked = new Set<PoolThread>();
  #phase: 'patient' | 'hurried' = 'patient';

  /** @param limit milliseconds that teardowns may take, all of a thread together */
  constructor(services: Services, limit: number) {
    this.#services = services;
    this.#limit = limit;
  }

  /** Whether the thread, which is about to be ended, has something to do before. */
  isDue(thread: PoolThread): boolean {
    return this.#phase === 'patient' && thread.teardown.is === 'wanted' && thread.idle && PLANNED.has(thread.stopReason);
  }

  /** Resolves when that is done, or its time is over, or the thread gone. Failures are reported. */
  async take(thread: PoolThread): Promise<void> {
    const { within } = this.#services;
    thread.teardown = { is: 'asked' };
    this.#asked.add(thread);
    thread.handle.tearDown();
    const end = await within(Promise.race([thread.torn.promise, thread.gone.promise]), this.#limit, 'turning');
    if (end === TIMED_OUT) thread.handle.poll(); // A timer that fires late looks first.
    this.#asked.delete(thread);
    const { teardown } = thread as Pick<PoolThread, 'teardown'>;
    if (teardown.is === 'over') {
      if (teardown.error !== undefined) this.#tell(thread, new TeardownError('threw', this.#limit, teardown.error));
    } else if (this.#phase === 'patient') {
      this.#tell(thread, new TeardownError(thread.phase === 'dead' ? 'exited' : 'hung', this.#limit));
    }
  }

  /** From now on nothing is waited for. */
  hurry(): void {
    this.#phase = 'hurried';
    for (const thread of this.#asked) thread.torn.open();
  }

  #tell(thread: PoolThread, error: TeardownError): void {
    const { slot, generation, threadId, stopReason } = thread;
    this.#services.emitter.emit('teardownFailed', { slot, generation, threadId, reason: stopReason!, error });
  }
}
