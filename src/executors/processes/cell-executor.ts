import type { Clock } from '../../core/clock.ts';
import { epochOf } from '../../core/time/machine.ts';
import type { Executor, ExecutorThread, ThreadEvents } from '../executor.ts';
import type { WorkerSettings } from '../threads/host.ts';
import type { ThreadsOptions } from '../threads/thread-executor.ts';
import { CellThread } from './cell-thread.ts';
import { type CellLimits, Cells } from './cells.ts';
import type { CellSession, CellSettings } from './protocol.ts';

export interface CellsOptions extends ThreadsOptions, CellLimits {
  /** Results are passed on as the bytes in which they came: this program only hands them to another. */
  readonly passesOn?: boolean;
}

/** Runs tasks on worker threads of child processes, so that what kills a process costs a cell and not the program. */
export class CellExecutor implements Executor {
  readonly #options: CellsOptions;
  readonly #clock: Clock;
  readonly #epoch: number;
  readonly #cells: Cells<CellThread>;
  #starts = 0;

  /** @throws {InvalidOptionError} `ERR_INVALID_OPTION`, or Node's own refusal of flags: see `checkCells` */
  constructor(options: CellsOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#cells = new Cells(options, settingsOf(options), clock);
    this.#epoch = epochOf(clock);
  }

  /** Process ids of the cells that live. */
  get pids(): readonly number[] {
    return this.#cells.pids;
  }

  start(events: ThreadEvents): ExecutorThread {
    const order = { number: this.#starts, session: this.#session(), passesOn: this.#options.passesOn === true };
    return this.#cells.add((cell, onTerminate) => new CellThread(order, cell, this.#clock, events, onTerminate));
  }

  close(): Promise<void> {
    return this.#cells.close();
  }

  #session(): CellSession {
    const { filename, name, timeout, recycle, faults, tracing } = this.#options;
    const heapLimit = recycle && recycle.heapMb * 1_048_576;
    return {
      href: filename,
      name,
      epoch: this.#epoch,
      runLimit: timeout.run,
      heapLimit,
      start: this.#starts++,
      faults,
      tracing: tracing?.module,
    };
  }
}

/** What goes to every cell. Shared variables are copied: a process has its own. */
export function settingsOf({ resourceLimits, workerData, env, argv, execArgv }: WorkerSettings): CellSettings {
  return { resourceLimits, workerData, env: typeof env === 'symbol' ? undefined : env, argv, execArgv };
}
