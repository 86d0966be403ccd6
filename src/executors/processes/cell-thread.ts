import { deserialize, serialize } from 'node:v8';
import { reviveError } from '../../core/codec.ts';
import type { Attempt } from '../../core/task.ts';
import { ControlBlock } from '../../core/wire.ts';
import type { ExecutorThread, Exit, ThreadEvents } from '../executor.ts';
import { pack } from '../pack.ts';
import type { Cell } from './cell.ts';
import type { CellSession, FromCell } from './protocol.ts';

/** A worker thread in another process. */
export class CellThread implements ExecutorThread {
  threadId = -1;
  readonly number: number;
  readonly cell: Cell;
  readonly #session: CellSession;
  readonly #events: ThreadEvents;
  readonly #onTerminate: (thread: CellThread) => void;
  readonly #answers = new Map<number, (claimed: number) => void>();
  /** A copy of the thread's marks, refreshed when somebody looks. */
  readonly #marks = new ControlBlock();
  #state: 'starting' | 'ready' | 'exited' = 'starting';

  constructor(cell: Cell, session: CellSession, events: ThreadEvents, onTerminate: (thread: CellThread) => void) {
    this.cell = cell;
    this.number = cell.nextThread();
    this.#session = session;
    this.#events = events;
    this.#onTerminate = onTerminate;
    cell.send({ do: 'start', thread: this.number, session });
  }

  get exited(): boolean {
    return this.#state === 'exited';
  }

  get seen(): number {
    return this.#look().seen;
  }

  get itemStartedAt(): number {
    return this.#look().startedAt;
  }

  get memory(): number | undefined {
    return this.#look().heapUsed || undefined;
  }

  send(bundle: number, attempts: readonly Attempt[]): void {
    const { ids, inputs, metas } = pack(attempts, this.#session);
    this.cell.send({ do: 'run', thread: this.number, bundle, ids, inputs: serialize(inputs), metas });
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    this.#answers.set(bundle, answer);
    this.cell.send({ do: 'revoke', thread: this.number, bundle });
  }

  standing(bundle: number): { claimed: number; finished: number } {
    const marks = this.#look();
    if (!marks.holds(bundle)) return { claimed: 0, finished: 0 };
    const finished = marks.finished(bundle);
    return { claimed: marks.claimed(bundle) ?? finished, finished };
  }

  /** What a process sends cannot be read ahead of the event loop. */
  poll(): void {}

  abort(bundle: number, index: number): void {
    this.cell.send({ do: 'abort', thread: this.number, bundle, index });
  }

  assign(slot: number, generation: number): void {
    this.cell.send({ do: 'assign', thread: this.number, slot, generation });
  }

  terminate(): void {
    this.cell.send({ do: 'terminate', thread: this.number });
    this.#onTerminate(this);
  }

  receive(message: FromCell): void {
    if (this.#state === 'exited') return;
    switch (message.tell) {
      case 'started':
        this.threadId = message.threadId;
        break;
      case 'ready':
        this.#state = 'ready';
        this.#events.ready();
        break;
      case 'done':
        this.#events.done(message.bundle, message.from, deserialize(message.values) as unknown[], message.times, message.failed);
        break;
      case 'progress':
        this.#events.progress(message.bundle, message.index, message.value);
        break;
      case 'lateError':
        this.#events.lateError(message.taskId, message.attempt, reviveError(message.error));
        break;
      case 'revoked':
        this.#answers.get(message.bundle)?.(message.claimed);
        this.#answers.delete(message.bundle);
        break;
      case 'exited':
        this.end({ ...message.exit, error: message.exit.error && reviveError(message.exit.error) });
        break;
      case 'unreadable':
        this.#events.unreadable();
        break;
      case 'garbage':
        this.#events.garbage();
        break;
    }
  }

  /** Its cell is gone. `wanted`: the pool killed it because of another thread. */
  cellDied(exitCode: number | undefined, signal: string | undefined, wanted: boolean): void {
    const how = signal === undefined ? `with exit code ${exitCode}` : `by ${signal}`;
    const error = new Error(`The process of the thread ended ${how}.`);
    const cause = this.#state === 'starting' ? 'startup' : wanted ? 'reclaimed' : 'crash';
    this.end({ cause, exitCode, signal, error, blame: wanted ? { of: 'settled', taskId: -1 } : { of: 'running' } });
  }

  end(exit: Exit): void {
    if (this.#state === 'exited') return;
    this.#look(); // The last marks: the file goes with the cell.
    this.#state = 'exited';
    this.#events.exited(exit);
  }

  #look(): ControlBlock {
    if (this.#state !== 'exited') this.cell.readMirror(this.number, this.#marks);
    return this.#marks;
  }
}
