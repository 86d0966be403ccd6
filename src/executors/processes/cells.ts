import type { Clock, Timer } from '../../core/clock.ts';
import { Cell, type Death } from './cell.ts';
import { checkCells } from './check-cells.ts';
import type { CellSettings, CellWord } from './protocol.ts';

export interface CellLimits {
  /** Threads that share a cell, at most. */
  readonly threadsPerCell: number;
  /** Milliseconds. A thread that has not exited half this long after it was asked to exit is killed with its cell. */
  readonly terminateTimeout: number;
  /** The Node executable that cells run; absent: the program's own. */
  readonly execPath: string | undefined;
}

/** A thread in a cell, as seen from here. */
export interface Tenant {
  /** Never used again among these cells. */
  readonly number: number;
  readonly exited: boolean;
  /** When it runs out, the thread goes with its cell. */
  endTimer: Timer | undefined;
  receive(message: CellWord, body: Uint8Array): void;
  /** Its cell is gone. `wanted`: it was killed from here, because of another thread or because it was not needed. */
  cellDied(death: Death, wanted: boolean): void;
}

/** Milliseconds for which a cell without threads is kept for the next one: the successor of a dead thread starts sooner in it. */
const KEEP_EMPTY = 1_000;

/**
 * - `open`: takes threads
 * - `shunned`: a thread failed to start in it, so the next one starts elsewhere; it goes when it is empty
 * - `condemned`: killed from here, to be rid of one of its threads
 */
type Standing = 'open' | 'shunned' | 'condemned';

interface Tenancy<T> {
  readonly cell: Cell;
  /** The threads that live in it. */
  readonly threads: Map<number, T>;
  standing: Standing;
  emptyTimer: Timer | undefined;
}

/** The cells of a pool or a server. A thread goes to the one with the most room; a new one is made when all are full. */
export class Cells<T extends Tenant> {
  readonly #limits: CellLimits;
  readonly #settings: CellSettings;
  readonly #clock: Clock;
  readonly #cells = new Set<Tenancy<T>>();
  #emptied: (() => void) | undefined;

  /** @throws {InvalidOptionError} `ERR_INVALID_OPTION`, or Node's own refusal of flags: see `checkCells` */
  constructor(limits: CellLimits, settings: CellSettings, clock: Clock) {
    this.#limits = limits;
    this.#settings = settings;
    this.#clock = clock;
    checkCells(limits, settings);
  }

  /** Process ids of those that live. */
  get pids(): readonly number[] {
    return [...this.#cells].flatMap(({ cell }) => cell.pid ?? []);
  }

  /** @param make starts a thread in this cell, and calls the function when it has asked that to end */
  add(make: (cell: Cell, onTerminate: () => void) => T): T {
    const tenancy = this.#roomiest() ?? this.#open();
    this.#clock.clearTimeout(tenancy.emptyTimer);
    const thread = make(tenancy.cell, () => this.#watchEnd(tenancy, thread));
    tenancy.threads.set(thread.number, thread);
    return thread;
  }

  /** The cells exit of themselves, and are killed if they do not. One that the kernel does not let die is not waited for. */
  async close(): Promise<void> {
    if (this.#cells.size === 0) return;
    const { terminateTimeout } = this.#limits;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimeout(resolve, 2 * terminateTimeout, 'turning');
      this.#emptied = () => {
        this.#clock.clearTimeout(timer);
        resolve();
      };
      for (const tenancy of this.#cells) this.#leave(tenancy);
    });
  }

  #roomiest(): Tenancy<T> | undefined {
    let best: Tenancy<T> | undefined;
    for (const tenancy of this.#cells) {
      if (!tenancy.cell.open || tenancy.standing !== 'open' || tenancy.threads.size >= this.#limits.threadsPerCell) continue;
      if (best === undefined || tenancy.threads.size < best.threads.size) best = tenancy;
    }
    return best;
  }

  #open(): Tenancy<T> {
    const { threadsPerCell, execPath } = this.#limits;
    const tenancy: Tenancy<T> = {
      threads: new Map(),
      standing: 'open',
      emptyTimer: undefined,
      cell: new Cell({ threadsPerCell, execPath, settings: this.#settings }, this.#clock, {
        message: (message, body) => this.#receive(tenancy, message, body),
        died: (death) => this.#died(tenancy, death),
      }),
    };
    this.#cells.add(tenancy);
    return tenancy;
  }

  #receive(tenancy: Tenancy<T>, message: CellWord, body: Uint8Array): void {
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
  #emptyOut(tenancy: Tenancy<T>): void {
    this.#clock.clearTimeout(tenancy.emptyTimer);
    if (tenancy.standing === 'shunned') this.#leave(tenancy);
    else tenancy.emptyTimer = this.#clock.setTimeout(() => this.#leave(tenancy), KEEP_EMPTY);
  }

  #leave(tenancy: Tenancy<T>): void {
    this.#clock.clearTimeout(tenancy.emptyTimer);
    tenancy.cell.leave(this.#limits.terminateTimeout / 2);
  }

  #died(tenancy: Tenancy<T>, death: Death): void {
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
  #watchEnd(tenancy: Tenancy<T>, thread: T): void {
    this.#clock.clearTimeout(thread.endTimer);
    thread.endTimer = this.#clock.setTimeout(
      () => {
        if (thread.exited) return;
        tenancy.standing = 'condemned';
        tenancy.cell.kill();
      },
      this.#limits.terminateTimeout / 2,
      'turning',
    );
  }
}
