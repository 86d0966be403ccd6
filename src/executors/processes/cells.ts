import type { Clock } from '../../core/clock.ts';
import type { Executor, ExecutorThread, ThreadEvents } from '../executor.ts';
import type { ThreadsOptions } from '../threads/threads.ts';
import { Cell } from './cell.ts';
import { CellThread } from './cell-thread.ts';
import type { CellInit } from './protocol.ts';

export interface CellsOptions extends ThreadsOptions {
  /** Threads that share a cell, at most. */
  readonly threadsPerCell: number;
  /** A thread that has not exited half this long after it was told to is killed with its cell, in milliseconds. */
  readonly terminateTimeout: number;
}

interface Tenancy {
  readonly cell: Cell;
  /** Every thread that was started in it. */
  readonly threads: Map<number, CellThread>;
  /** Killed by the pool, to be rid of one of its threads. */
  condemned: boolean;
}

/**
 * Runs tasks on worker threads of child processes, so that what kills a process costs a cell and not the program. A thread goes to the cell
 * with the most room; a new one is made when all are full.
 */
export class CellExecutor implements Executor {
  readonly #options: CellsOptions;
  readonly #clock: Clock;
  readonly #epoch: number;
  readonly #wallEpoch: number;
  readonly #cells = new Set<Tenancy>();
  #emptied: (() => void) | undefined;
  #starts = 0;

  constructor(options: CellsOptions, clock: Clock) {
    const [seconds, nanoseconds] = process.hrtime();
    this.#options = options;
    this.#clock = clock;
    this.#epoch = seconds * 1000 + nanoseconds / 1e6 - clock.now();
    this.#wallEpoch = clock.wall() - clock.now();
  }

  /** Process ids of the cells, for `pool.tree()`. */
  get pids(): readonly number[] {
    return [...this.#cells].flatMap(({ cell }) => cell.pid ?? []);
  }

  start(events: ThreadEvents): ExecutorThread {
    const { filename, name, timeout, faults } = this.#options;
    const session = {
      href: filename,
      name,
      epoch: this.#epoch,
      wallEpoch: this.#wallEpoch,
      runLimit: timeout.run,
      start: this.#starts++,
      faults,
    };
    const tenancy = this.#roomiest() ?? this.#open();
    const thread = new CellThread(tenancy.cell, session, events, () => this.#watchEnd(tenancy, thread));
    tenancy.threads.set(thread.number, thread);
    return thread;
  }

  /** Closes the channels; cells exit of themselves, and are killed if they do not. */
  async close(): Promise<void> {
    for (const tenancy of this.#cells) tenancy.cell.kill();
    if (this.#cells.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
  }

  #roomiest(): Tenancy | undefined {
    let best: Tenancy | undefined;
    for (const tenancy of this.#cells) {
      if (tenancy.cell.dead || tenancy.condemned || tenancy.threads.size >= this.#options.threadsPerCell) continue;
      if (best === undefined || tenancy.threads.size < best.threads.size) best = tenancy;
    }
    return best;
  }

  #open(): Tenancy {
    const { resourceLimits, workerData, env, argv, execArgv } = this.#options;
    const settings: CellInit['settings'] = { resourceLimits, workerData, env: typeof env === 'symbol' ? undefined : env, argv, execArgv };
    const threads = new Map<number, CellThread>();
    const tenancy: Tenancy = {
      threads,
      condemned: false,
      cell: new Cell(settings, {
        message: (message) => {
          const thread = threads.get(message.thread);
          thread?.receive(message);
          if (message.tell === 'exited') threads.delete(message.thread);
        },
        died: (exitCode, signal) => this.#died(tenancy, exitCode, signal),
      }),
    };
    this.#cells.add(tenancy);
    return tenancy;
  }

  #died(tenancy: Tenancy, exitCode: number | undefined, signal: string | undefined): void {
    this.#cells.delete(tenancy);
    for (const thread of tenancy.threads.values()) thread.cellDied(exitCode, signal, tenancy.condemned);
    tenancy.threads.clear();
    tenancy.cell.release();
    if (this.#cells.size === 0) this.#emptied?.();
  }

  /** A thread that will not end, or a cell that does not answer, goes with the whole cell. */
  #watchEnd(tenancy: Tenancy, thread: CellThread): void {
    this.#clock.setTimeout(() => {
      if (thread.exited) return;
      tenancy.condemned = true;
      tenancy.cell.kill();
    }, this.#options.terminateTimeout / 2);
  }
}
