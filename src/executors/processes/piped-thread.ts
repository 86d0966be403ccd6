import type { Timer } from '../../core/clock.ts';
import { reviveError } from '../../core/wire/revive.ts';
import type { Runtime } from '../threads/host.ts';
import type { PortedEnd } from '../threads/ported-worker.ts';
import { type Cell, type Death, deathInWords } from './cell.ts';
import type { Tenant } from './cells.ts';
import type { CellWord } from './protocol.ts';

/** Nothing is called after `exited`, and nothing from inside the constructor. */
export interface PipedEvents {
  /** @throws if it makes no sense; then the cell is ended */
  message(bytes: Uint8Array): void;
  exited(end: PortedEnd): void;
}

/** What a thread in a cell is given first, besides its place among the marks. */
export interface PipedOrder {
  /** Unique among the cells. */
  readonly number: number;
  readonly runtime: Runtime;
  readonly session: Uint8Array;
  /** Memory into which its marks are read. */
  readonly marks: Uint8Array;
}

/** A worker thread in another process that has a runtime of its own. Bytes go there and come from there, and nothing on the way looks at them. */
export class PipedThread implements Tenant {
  threadId = -1;
  readonly number: number;
  endTimer: Timer | undefined;
  readonly #cell: Cell;
  readonly #place: number;
  readonly #marks: Uint8Array;
  readonly #events: PipedEvents;
  readonly #onTerminate: () => void;
  #state: 'alive' | 'exited' = 'alive';

  constructor({ number, runtime, session, marks }: PipedOrder, cell: Cell, events: PipedEvents, onTerminate: () => void) {
    this.number = number;
    this.#cell = cell;
    this.#place = cell.takePlace();
    this.#marks = marks;
    this.#events = events;
    this.#onTerminate = onTerminate;
    cell.send({ do: 'open', thread: number, place: this.#place, runtime }, session);
  }

  get exited(): boolean {
    return this.#state === 'exited';
  }

  get pid(): number | undefined {
    return this.#cell.pid;
  }

  send(bytes: Uint8Array): void {
    this.#cell.send({ do: 'pass', thread: this.number }, bytes);
  }

  /** Brings the memory of the order up to date with what the thread has marked last, also when its process is dead. */
  look(): void {
    if (this.#state !== 'exited') this.#cell.readMarks(this.#place, this.#marks);
  }

  terminate(): void {
    if (this.#state === 'exited') return;
    this.#cell.send({ do: 'terminate', thread: this.number });
    this.#onTerminate();
  }

  receive(message: CellWord, body: Uint8Array): void {
    if (this.#state === 'exited') return;
    if (message.tell === 'passed') this.#events.message(body);
    else if (message.tell === 'started') this.threadId = message.threadId;
    else if (message.tell === 'exited') {
      const { cause, exitCode, error } = message.exit;
      const ended = cause === 'oom' ? 'oom' : error === undefined ? 'exit' : 'error';
      this.#end({ cause: ended, exitCode, error: error && reviveError(error) });
    }
  }

  cellDied(death: Death, wanted: boolean): void {
    const { exitCode, error } = death;
    const cause = error === undefined ? {} : { cause: error };
    this.#end({ cause: 'error', exitCode, error: new Error(deathInWords(death, wanted), cause) });
  }

  #end(end: PortedEnd): void {
    if (this.#state === 'exited') return;
    this.look(); // The last marks: another thread will have its place.
    this.#state = 'exited';
    this.#cell.giveBackPlace(this.#place);
    this.#events.exited(end);
  }
}
