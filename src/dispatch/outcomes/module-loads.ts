import type { Clock } from '../../core/clock.ts';
import { TaskModuleError } from '../../core/module-errors.ts';
import { RestartIntensity } from '../../core/restart/intensity.ts';
import type { Attempt } from '../../core/task.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { RestartOptions } from '../threads/restarts.ts';
import type { Roster } from '../threads/roster.ts';
import type { AttemptEnds } from './attempt-ends.ts';

/** Modules whose failures are remembered. Beyond this many, the one whose failure is oldest is forgotten. */
const MOST_MODULES = 100;

interface ModuleLoadsParts {
  readonly clock: Clock;
  readonly options: { readonly restart: RestartOptions; readonly startupTimeout: number };
  readonly backlog: Backlog;
  readonly ends: AttemptEnds;
  readonly roster: Roster;
}

/**
 * Task modules that did not load. A thread cannot load such a module again, because Node remembers how that went: the thread is renewed, and the
 * task's next attempt finds another. But a module that never loads must not wear out the threads of all others: for each module, no more threads
 * are renewed than may die without having done anything. None of this counts against the pool.
 */
export class ModuleLoads {
  readonly #parts: ModuleLoadsParts;
  readonly #failures = new Map<string, RestartIntensity>();

  constructor(parts: ModuleLoadsParts) {
    this.#parts = parts;
  }

  /** The thread has said that the module of this attempt does not load. The attempt fails afterwards. */
  failed(thread: PoolThread, { task }: Attempt): void {
    if (this.#mayRenew(task.spec.module ?? '')) this.#parts.roster.dismiss(thread, 'recycled');
  }

  /** The module is not loaded within `startupTimeout`. The thread is ended: what keeps the module from loading may keep everything else. */
  late(thread: PoolThread, attempt: Attempt): void {
    const { backlog, ends, roster, options } = this.#parts;
    ends.gaveUp(attempt, 'startup', thread);
    attempt.end();
    backlog.release(attempt);
    roster.stop(thread, 'timeout');
    attempt.task.spec.course.failed(attempt, {
      kind: 'startup',
      error: new TaskModuleError(attempt.task.spec.module, undefined, options.startupTimeout),
    });
  }

  #mayRenew(module: string): boolean {
    const { options, clock } = this.#parts;
    const intensity = this.#failures.get(module) ?? new RestartIntensity(options.restart, clock);
    this.#failures.delete(module);
    this.#failures.set(module, intensity);
    if (this.#failures.size > MOST_MODULES) this.#failures.delete(this.#failures.keys().next().value!);
    return intensity.add();
  }
}
