import type { Clock, Timer } from '../../core/clock.ts';
import type { Executor, ExecutorThread, ThreadEvents } from '../executor.ts';
import type { WorkerSettings } from '../threads/host.ts';
import type { ThreadsOptions } from '../threads/thread-executor.ts';
import { Cell, type Death } from './cell.ts';
import { CellThread } from './cell-thread.ts';
import { checkCells } from './check-cells.ts';
import type { CellSession, CellSettings, FromCell } from './protocol.ts';

export interface CellsOptions extends ThreadsOptions {
  /** Threads that share a cell, at most. */
  readonly threadsPerCell: number;
  /** Milliseconds. A thread that has not exited half this long after it was asked to exit is killed with its cell. */
  readonly terminateTimeout: number;
  /** The Node executable that cells run; absent: the program's own. */
  readonly execPath: string | undefined;
  /** Results are passed on as the bytes in which they came: this program only hands them to another. */
  readonly passesOn?: boolean;
}

/** A cell without threads is kept so long for the next one, in milliseconds: the successor of a dead thread starts sooner in it. */
const KEEP_EMPTY = 1_000;

/**
 * - `open`: takes threads
 * - `shunned`: a thread failed to start in it, so the next one starts elsewhere; it goes when it is empty
 * - `condemned`: killed by the pool, to be rid of one of its threads
 */
type Standing = 'open' | 'shunned' | 'condemned';

interface Tenancy {
  readonly cell: Cell;
  /** The threads that live in it. */
  readonly threads: Map<number, CellThread>;
  standing: Standing;
  emptyTimer: Timer | undefined;
}

/**
 * Runs tasks on worker threads of child processes, so that what kills a process costs a cell and not the program. A thread goes to the cell
 * with the most room; a new one is made when all are full.
 */
export class CellExecutor implements Executor {
  readonly #options: CellsOptions;
  readonly #clock: Clock;
  readonly #settings: CellSettings;
  readonly #epoch: number;
  readonly #cells = new Set<Tenancy>();
  #emptied: (() => void) | undefined;
  #starts = 0;

  /** @throws {InvalidOptionError} `ERR_INVALID_OPTION`, or Node's own refusal of flags: see `checkCells` */
  constructor(options: CellsOptions, clock: Clock) {
    const [seconds, nanoseconds] = process.hrtime();
    this.#options = options;
    this.#clock = clock;
    this.#settings = settingsOf(options);
    checkCells(options, this.#settings);
    this.#epoch = seconds * 1000 + nanoseconds / 1e6 - clock.machine();
  }

  /** Process ids of the cells that live. */
  get pids(): readonly number[] {
    return [...this.#cells].flatMap(({ cell }) => cell.pid ?? []);
  }

  start(events: ThreadEvents): ExecutorThread {
    const tenancy = this.#roomiest() ?? this.#open();
    this.#clock.clearTimeout(tenancy.emptyTimer);
    const order = { number: this.#starts, session: this.#session(), passesOn: this.#options.passesOn === true };
    const thread = new CellThread(order, tenancy.cell, this.#clock, events, () => this.#watchEnd(tenancy, thread));
    tenancy.threads.set(thread.number, thread);
    return thread;
  }

  /** The cells exit of themselves, and are killed if they do not. One that the kernel does not let die is not waited for. */
  async close(): Promise<void> {
    if (this.#cells.size === 0) return;
    const { terminateTimeout } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(resolve, 2 * terminateTimeout, 'turning');
      this.#emptied = () => {
        this.#clock.clearTimeout(timer);
        resolve();
      };
      for (const tenancy of this.#cells) this.#leave(tenancy);
    });
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

  #roomiest(): Tenancy | undefined {
    let best: Tenancy | undefined;
    for (const tenancy of this.#cells) {
      if (!tenancy.cell.open || tenancy.standing !== 'open' || tenancy.threads.size >= this.#options.threadsPerCell) continue;
      if (best === undefined || tenancy.threads.size < best.threads.size) best = tenancy;
    }
    return best;
  }

  #open(): Tenancy {
    const tenancy: Tenancy = {
      threads: new Map(),
      standing: 'open',
      emptyTimer: undefined,
      cell: new Cell({ ...this.#options, settings: this.#settings }, this.#clock, {
        message: (message, body) => this.#receive(tenancy, message, body),
        died: (death) => this.#died(tenancy, death),
      }),
    };
    this.#cells.add(tenancy);
    return tenancy;
  }

  #receive(tenancy: Tenancy, message: FromCell, body: Uint8Array): void {
    const thread = tenancy.threads.get(message.thread);
    if (thread === undefined) return;
    if (message.tell === 'exited') {
      // Before its death is reported, because that may start its successor, which needs the room.
      tenancy.threads.delete(message.thread);
      this.#clock.clearTimeout(thread.endTimer);
      if (message.exit.cause === 'startup' && tenancy.standing === 'open') tenancy.standing = 'shunned';
    }
    try {
      thread.receive(message, body);
    } catch (error) {
      tenancy.cell.condemn(error); // Half of what the message says may have been done.
    }
    if (tenancy.threads.size === 0) this.#emptyOut(tenancy);
  }

  /** No thread lives here any more. */
  #emptyOut(tenancy: Tenancy): void {
    this.#clock.clearTimeout(tenancy.emptyTimer);
    if (tenancy.standing === 'shunned') this.#leave(tenancy);
    else tenancy.emptyTimer = this.#clock.setTimeout(() => this.#leave(tenancy), KEEP_EMPTY);
  }

  #leave(tenancy: Tenancy): void {
    this.#clock.clearTimeout(tenancy.emptyTimer);
    tenancy.cell.leave(this.#options.terminateTimeout / 2);
  }

  #died(tenancy: Tenancy, death: Death): void {
    this.#cells.delete(tenancy);
    this.#clock.clearTimeout(tenancy.emptyTimer);
    for (const thread of tenancy.threads.values()) {
      this.#clock.clearTimeout(thread.endTimer);
      thread.cellDied(death, tenancy.standing === 'condemned');
    }
    tenancy.threads.clear();
    if (this.#cells.size === 0) this.#emptied?.();
  }

  /** A thread that will not end, or a cell that does not answer, goes with the whole cell. */
  #watchEnd(tenancy: Tenancy, thread: CellThread): void {
    this.#clock.clearTimeout(thread.endTimer);
    thread.endTimer = this.#clock.setTimeout(
      () => {
        if (thread.exited) return;
        tenancy.standing = 'condemned';
        tenancy.cell.kill();
      },
      this.#options.terminateTimeout / 2,
      'turning',
    );
  }
}

/** What goes to every cell. Shared variables are copied: a process has its own. */
export function settingsOf({ resourceLimits, workerData, env, argv, execArgv }: WorkerSettings): CellSettings {
  return { resourceLimits, workerData, env: typeof env === 'symbol' ? undefined : env, argv, execArgv };
}
