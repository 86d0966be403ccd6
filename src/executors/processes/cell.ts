import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/clock.ts';
import { inheritedFlags } from '../../core/inherited-flags.ts';
import { soon } from '../../core/soon.ts';
import { cellEnvironment, cellProgram } from './cell-program.ts';
import { Receiver, Sender } from './channel.ts';
import { Marks } from './marks.ts';
import { type CellCommand, type CellSettings, type CellWord, DESCRIPTOR } from './protocol.ts';
import { isCellWord } from './protocol-check.ts';

/** Milliseconds of silence after which the pipe of a dead process counts as read to its end. */
const SILENCE = 250;

/** How a cell ended. */
export interface Death {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it could not be started, or why it had to be killed. */
  readonly error: unknown;
  /** It has said something, so it was a cell indeed. */
  readonly answered: boolean;
}

/** How a cell died, for the error of its threads. @param wanted it was killed from here */
export function deathInWords({ exitCode, signal, answered }: Death, wanted: boolean): string {
  if (exitCode === undefined && signal === undefined) return 'The process of the thread could not be started.';
  const how = signal === undefined ? `with exit code ${exitCode}` : `by ${signal}`;
  return `The process of the thread ended ${how}${answered || wanted ? '' : `, and had not become a cell. ${NO_CELL}`}.`;
}

const NO_CELL = 'If the executable is not Node itself, name one that is by the option execPath';

export interface CellOrder {
  readonly settings: CellSettings;
  readonly threadsPerCell: number;
  readonly execPath: string | undefined;
}

export interface CellEvents {
  message(message: CellWord, body: Uint8Array): void;
  /** The process is gone: its exit was seen, and everything it sent has been received. */
  died(death: Death): void;
}

/**
 * - `up`: takes messages
 * - `leaving`: was asked to exit
 * - `exited`: its exit was seen; what it sent is still being received
 * - `dead`: its exit has been reported
 */
type State = 'up' | 'leaving' | 'exited' | 'dead';

/** One child process. */
export class Cell {
  readonly #events: CellEvents;
  readonly #clock: Clock;
  readonly #child: ChildProcess | undefined;
  readonly #marks: Marks | undefined;
  readonly #toCell: Sender<CellCommand> | undefined;
  #state: State = 'up';
  #death: Omit<Death, 'answered'> = { exitCode: undefined, signal: undefined, error: undefined };
  #pipe: 'open' | 'ended' = 'open';
  /** Resident memory of the process in bytes, as it told last. */
  memory: number | undefined;
  #received = 0;
  #killTimer: Timer | undefined;
  #exitTimer: Timer | undefined;
  #silenceTimer: Timer | undefined;

  /** Does not throw: a process that cannot be started dies, a little later. */
  constructor({ settings, threadsPerCell, execPath }: CellOrder, clock: Clock, events: CellEvents) {
    this.#events = events;
    this.#clock = clock;
    try {
      this.#marks = new Marks(threadsPerCell);
      // In a session of its own, signals from the terminal do not reach it, not even while it starts: the parent decides what they mean.
      // Loaded with the first cell: most programs have none.
      const { spawn } = process.getBuiltinModule('node:child_process');
      this.#child = spawn(execPath ?? process.execPath, [...inheritedFlags(), cellProgram()], {
        detached: true,
        env: cellEnvironment(),
        stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', this.#marks.descriptor],
      });
      this.#child.once('exit', (exitCode, signal) => this.#exited({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }));
      this.#child.on('error', (error) => {
        if (this.#child?.pid === undefined) this.#died({ error });
      });
      this.#toCell = this.#connect(this.#child);
      this.send({ do: 'init', settings });
    } catch (error) {
      void soon(() => this.#died({ error }));
    }
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Whether new threads may be started in it. */
  get open(): boolean {
    return this.#state === 'up';
  }

  /** A cell that is dying takes no messages; its death notice settles what they were about. */
  send(message: CellCommand, body?: Uint8Array): void {
    if (this.#state === 'up') this.#toCell?.send(message, body);
  }

  /** Asks it to exit, and kills it if it has not after `ms`. */
  leave(ms: number): void {
    if (this.#state !== 'up') return;
    this.#state = 'leaving';
    this.#toCell?.end();
    this.#killTimer = this.#clock.setTimeout(() => this.kill(), ms, 'turning');
  }

  kill(): void {
    if (this.#state === 'up') this.#state = 'leaving';
    this.#child?.kill('SIGKILL');
  }

  /** What it says makes no sense. */
  condemn(error: unknown): void {
    this.#lost(error);
  }

  takePlace(): number {
    try {
      return this.#marks?.take() ?? 0;
    } catch (error) {
      this.#lost(error); // No room for a hundred bytes: its death notice says so.
      return 0;
    }
  }

  giveBackPlace(place: number): void {
    this.#marks?.giveBack(place);
  }

  /** Reads what a thread has marked last; works when the process is dead, too. */
  readMarks(place: number, into: Uint8Array): void {
    this.#marks?.read(place, into);
  }

  #connect(child: ChildProcess): Sender<CellCommand> | undefined {
    // Absent if the process could not be started; its `error` event follows.
    const [outgoing, incoming] = [child.stdio?.[DESCRIPTOR.fromParent], child.stdio?.[DESCRIPTOR.toParent]] as (Socket | undefined)[];
    child.unref();
    outgoing?.unref();
    incoming?.unref();
    if (outgoing === undefined || incoming === undefined) return undefined;
    const receiver = new Receiver<CellWord>({
      message: (message, body) => {
        if (!isCellWord(message)) {
          this.#lost(new Error('Expected a message of a cell. Got something else in a frame of its own.'));
          return;
        }
        this.#received++;
        if (this.#state !== 'dead') this.#events.message(message, body);
      },
      broken: (error) => this.#lost(error),
      ended: () => {
        this.#pipe = 'ended';
        if (this.#state === 'exited') this.#died({});
        else this.#closed();
      },
    });
    receiver.listen(incoming);
    outgoing.resume(); // The only news from there is that the other end was closed.
    outgoing.once('close', () => this.#closed());
    return new Sender<CellCommand>(outgoing);
  }

  /** A pipe has closed. Usually the process has exited, and its exit event follows in a moment. */
  #closed(): void {
    if (this.#state !== 'up' || this.#exitTimer !== undefined) return;
    this.#exitTimer = this.#clock.setTimeout(() => this.#lost(new Error('It had closed its pipe, and lived on.')), SILENCE, 'turning');
  }

  /** A process that cannot be reached is of no use, and would otherwise never end. */
  #lost(error: unknown): void {
    if (this.#state !== 'up') return;
    this.#death = { ...this.#death, error };
    this.kill();
  }

  #exited(how: Pick<Death, 'exitCode' | 'signal'>): void {
    if (this.#state === 'dead') return;
    this.#state = 'exited';
    this.#clock.clearTimeout(this.#killTimer);
    this.#clock.clearTimeout(this.#exitTimer);
    this.#death = { ...this.#death, ...how };
    if (this.#pipe === 'ended') this.#died({});
    else this.#awaitSilence();
  }

  /** The end of the pipe may never come: a process that a task has forked may hold it open. */
  #awaitSilence(): void {
    const received = this.#received;
    const look = (): void => {
      if (this.#state === 'dead') return;
      if (this.#received === received) this.#died({});
      else this.#awaitSilence();
    };
    // The timer may be late itself, with messages waiting in the event loop's queue: they get their turn.
    const soonAfter = (): void => {
      this.#silenceTimer = this.#clock.setTimeout(look, 1);
    };
    this.#silenceTimer = this.#clock.setTimeout(soonAfter, SILENCE, 'turning');
  }

  #died(more: Partial<Death>): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#clock.clearTimeout(this.#silenceTimer);
    for (const pipe of this.#child?.stdio ?? []) pipe?.destroy();
    this.#events.died({ ...this.#death, ...more, answered: this.#received > 0 });
    this.#marks?.close();
  }
}
