import type { Clock } from '../core/clock.ts';
import type { CrashReport, Emitter, ThreadExitReason } from '../core/events.ts';
import type { Attempt } from '../core/task.ts';
import type { DeathWitness } from '../dispatch/outcomes/witnesses.ts';
import type { PoolThread } from '../dispatch/threads/pool-thread.ts';
import type { Exit } from '../executors/executor.ts';
import { aboutTask, crashReport } from './crash-report.ts';
import { Trail } from './trail.ts';

/** Ends that belong to the life of a healthy pool. */
const ORDERLY: ReadonlySet<ThreadExitReason> = new Set<ThreadExitReason>(['closed', 'recycled', 'idle']);
/** Ends that the pool ordered because of the task that it had given up last on that thread. */
const GIVEN_UP: ReadonlySet<ThreadExitReason> = new Set<ThreadExitReason>(['timeout', 'aborted', 'reclaimed', 'outvoted']);

/** Turns every death that is not part of the plan into an event `crash`. Without a listener, no report is made. */
export class DeathReports implements DeathWitness {
  readonly #emitter: Emitter;
  readonly #clock: Clock;
  readonly #counters: () => Readonly<Record<string, number>>;
  readonly #trail: Trail;
  readonly #givenUp = new WeakMap<PoolThread, CrashReport['task']>();

  constructor(emitter: Emitter, clock: Clock, counters: () => Readonly<Record<string, number>>) {
    this.#emitter = emitter;
    this.#clock = clock;
    this.#counters = counters;
    this.#trail = new Trail(emitter, clock);
  }

  /** An attempt that runs was given up. Its thread may die of it later, when the task has settled and its input is gone. */
  gaveUp(thread: PoolThread, attempt: Attempt): void {
    if (this.#emitter.hears('crash')) this.#givenUp.set(thread, aboutTask(attempt));
  }

  report(thread: PoolThread, exit: Exit, reason: ThreadExitReason, guilty: Attempt | undefined): void {
    if (ORDERLY.has(reason)) return;
    if (!this.#emitter.hears('crash')) {
      const { slot, generation, threadId } = thread;
      this.#trail.note('crash', { slot, generation, threadId, reason });
      return;
    }
    const task = guilty === undefined ? (GIVEN_UP.has(reason) ? this.#givenUp.get(thread) : undefined) : aboutTask(guilty);
    const facts = { thread, exit, reason, task, pool: this.#counters(), trail: this.#trail.lines() };
    this.#emitter.emit('crash', crashReport(facts, this.#clock));
  }
}
