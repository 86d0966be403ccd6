import type { Clock, Timer } from '../../core/clock.ts';
import { soon } from '../../core/soon.ts';
import type { Attempt } from '../../core/task.ts';
import { fromBytes, toBytes } from '../../core/wire/bytes.ts';
import { ControlBlock } from '../../core/wire/control-block.ts';
import { reviveError } from '../../core/wire/revive.ts';
import type { Blame, ExecutorThread, Exit, ThreadEvents } from '../executor.ts';
import { type Packed, pack } from '../pack.ts';
import { timesOn } from '../times.ts';
import { type Cell, type Death, deathInWords } from './cell.ts';
import type { Tenant } from './cells.ts';
import type { CellSession, CellWord, FromCell } from './protocol.ts';
import { relay } from './relay.ts';

export interface CellThreadOrder {
  /** Unique in the pool. */
  readonly number: number;
  readonly session: CellSession;
  /** Results are passed on as bytes. */
  readonly passesOn: boolean;
}

/** A worker thread in another process. */
export class CellThread implements ExecutorThread, Tenant {
  threadId = -1;
  /** Never used again in its cell, unlike its place among the marks. */
  readonly number: number;
  readonly #cell: Cell;
  readonly #place: number;
  readonly #clock: Clock;
  readonly #session: CellSession;
  readonly #passesOn: boolean;
  readonly #events: ThreadEvents;
  readonly #onTerminate: () => void;
  readonly #answers = new Map<number, (claimed: number) => void>();
  /** A copy of the thread's marks, refreshed when it is read for the first time in a turn, or after a message. */
  readonly #marks = new ControlBlock();
  readonly #markBytes: Uint8Array = new Uint8Array(this.#marks.buffer);
  #copy: 'fresh' | 'old' = 'old';
  #state: 'starting' | 'ready' | 'exited' = 'starting';
  /** How far the last report reached. */
  #reported = { bundle: 0, items: 0 };
  /** When it runs out, the thread goes with its cell. */
  endTimer: Timer | undefined;

  constructor(order: CellThreadOrder, cell: Cell, clock: Clock, events: ThreadEvents, onTerminate: () => void) {
    const { number, session, passesOn } = order;
    this.number = number;
    this.#passesOn = passesOn;
    this.#clock = clock;
    this.#cell = cell;
    this.#place = cell.takePlace();
    this.#session = session;
    this.#events = events;
    this.#onTerminate = onTerminate;
    cell.send({ do: 'start', thread: number, place: this.#place, session });
  }

  get exited(): boolean {
    return this.#state === 'exited';
  }

  get pid(): number | undefined {
    return this.#cell.pid;
  }

  get seen(): number {
    return this.#look().seen;
  }

  get itemStartedAt(): number {
    return this.#clock.fromMachine(this.#look().startedAt);
  }

  get sending(): boolean {
    return this.#look().sending;
  }

  get loading(): boolean {
    return this.#look().loading;
  }

  stolen(): number {
    return this.#look().stolenAt(this.#clock.machine());
  }

  get memory(): number | undefined {
    return this.#look().heapUsed || undefined;
  }

  /** Resident memory of its process in bytes, as last heard of. Asks anew, for the next time. */
  measure(): number | undefined {
    if (this.#state !== 'exited') this.#cell.send({ do: 'measure', thread: this.number });
    return this.#cell.memory;
  }

  send(bundle: number, attempts: readonly Attempt[]): void {
    const { ids, inputs, metas } = pack(attempts, this.#session, this.#clock.machine() - this.#clock.now());
    this.post(bundle, { ids, inputs: toBytes(inputs) as never, metas });
  }

  /** Sends a bundle that is packed already, its inputs as bytes; a node passes on what its manager packed. */
  post(bundle: number, { ids, inputs, metas }: Packed): void {
    this.#cell.send({ do: 'run', thread: this.number, bundle, ids, metas }, inputs as never);
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    this.#answers.set(bundle, answer);
    this.#cell.send({ do: 'revoke', thread: this.number, bundle });
  }

  standing(bundle: number): { claimed: number; finished: number } {
    const marks = this.#look();
    return { claimed: marks.claimed(bundle), finished: marks.finished(bundle) };
  }

  /** What a process sends cannot be read ahead of the event loop. */
  poll(): void {}

  abort(bundle: number, index: number): void {
    this.#cell.send({ do: 'abort', thread: this.number, bundle, index });
  }

  assign(slot: number, generation: number): void {
    if (this.#session.faults !== undefined) this.#cell.send({ do: 'assign', thread: this.number, slot, generation });
  }

  tearDown(): void {
    this.#cell.send({ do: 'tearDown', thread: this.number });
  }

  terminate(): void {
    if (this.#state === 'exited') return;
    this.#cell.send({ do: 'terminate', thread: this.number });
    this.#onTerminate();
  }

  receive(message: CellWord, body: Uint8Array): void {
    if (this.#state === 'exited' || message.tell === 'passed') return;
    this.#age(); // Marks are written before what they are about is sent.
    switch (message.tell) {
      case 'started':
        this.threadId = message.threadId;
        break;
      case 'memory':
        this.#cell.memory = message.bytes;
        break;
      case 'ready':
        this.measure(); // So that the first who asks hears something.
        this.#state = 'ready';
        this.#events.ready();
        break;
      case 'done':
        this.#done(message, body);
        break;
      case 'revoked':
        this.#answers.get(message.bundle)?.(message.claimed);
        this.#answers.delete(message.bundle);
        break;
      case 'exited':
        this.#end({ ...message.exit, error: message.exit.error && reviveError(message.exit.error) });
        break;
      default:
        relay(message, this.#events);
    }
  }

  /** Its cell is gone. `wanted`: the pool killed it, because of another thread or because it was not needed. */
  cellDied(death: Death, wanted: boolean): void {
    this.#age();
    const { exitCode, signal, error } = death;
    const cause = wanted ? 'reclaimed' : this.#state === 'starting' ? 'startup' : 'crash';
    this.#end({
      cause,
      exitCode,
      signal,
      error: new Error(deathInWords(death, wanted), error === undefined ? {} : { cause: error }),
      blame: wanted ? { of: 'settled', taskId: -1 } : this.#suspect(),
    });
  }

  /**
   * Between two items it was the one that had ended last, unless its result has arrived: what a task has set up and left strikes just after it,
   * and if it were run again uncharged it would kill cells forever.
   */
  #suspect(): Blame {
    const bundle = this.#look().seen;
    const { claimed, finished } = this.standing(bundle);
    const told = this.#reported.bundle === bundle ? this.#reported.items : 0;
    return claimed === finished && finished > told ? { of: 'item', bundle, index: finished - 1 } : { of: 'running' };
  }

  #done({ bundle, from, times, notes }: Extract<FromCell, { tell: 'done' }>, body: Uint8Array): void {
    const count = times.length - 1;
    if (this.#passesOn) {
      this.#reported = { bundle, items: from + count };
      this.#events.done(bundle, from, body as never, timesOn(this.#clock, times), notes);
      return;
    }
    let values: readonly unknown[];
    try {
      values = fromBytes(body) as readonly unknown[];
      if (!Array.isArray(values)) throw new TypeError('The values of a report are a list.');
    } catch {
      // It is known which results these were: their message has been read, and what stands in it beside them.
      this.#events.unreadable();
      this.#events.accounted(bundle, from + count);
      return;
    }
    this.#reported = { bundle, items: from + values.length };
    this.#events.done(bundle, from, values, timesOn(this.#clock, times), notes);
  }

  #end(exit: Exit): void {
    if (this.#state === 'exited') return;
    this.#age();
    this.#look(); // The last marks: another thread will have its place.
    this.#state = 'exited';
    this.#cell.giveBackPlace(this.#place);
    this.#events.exited(exit);
  }

  #look(): ControlBlock {
    if (this.#state === 'exited' || this.#copy === 'fresh') return this.#marks;
    this.#copy = 'fresh';
    void soon(this.#age);
    this.#cell.readMarks(this.#place, this.#markBytes);
    return this.#marks;
  }

  readonly #age = (): void => {
    this.#copy = 'old';
  };
}
