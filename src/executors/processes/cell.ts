import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ControlBlock } from '../../core/wire.ts';
import type { CellInit, FromCell, ToCell } from './protocol.ts';

const PROGRAM = fileURLToPath(new URL('./cell-main.js', import.meta.url));

export interface CellEvents {
  message(message: FromCell): void;
  /** The process is gone: its exit was seen, and everything it sent has been received. */
  died(exitCode: number | undefined, signal: string | undefined): void;
}

/** One child process, and the file in which its threads leave a mark of what they are at. */
export class Cell {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #mirror: number;
  readonly #events: CellEvents;
  #state: 'up' | 'dead' = 'up';
  #nextThread = 0;

  constructor(settings: CellInit['settings'], events: CellEvents) {
    this.#events = events;
    this.#folder = mkdtempSync(join(tmpdir(), 'holdfast-cell-'));
    const path = join(this.#folder, 'control');
    this.#mirror = openSync(path, 'w+');
    this.#child = fork(PROGRAM, [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    // The channel ends only when everything that the child sent has been read; its exit may be seen before that.
    let exit: readonly [number | undefined, string | undefined] | undefined;
    this.#child.once('exit', (code, signal) => {
      exit = [code ?? undefined, signal ?? undefined];
      if (!this.#child.connected) this.#died(...exit);
    });
    this.#child.once('disconnect', () => {
      if (exit !== undefined) this.#died(...exit);
    });
    this.#child.on('error', () => {
      if (this.#child.pid === undefined) this.#died(undefined, undefined); // It could not even be started.
    });
    this.#child.on('message', (message: FromCell) => this.#events.message(message));
    this.#child.unref();
    this.#child.channel?.unref();
    this.send({ do: 'init', init: { settings, mirror: path } });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get dead(): boolean {
    return this.#state === 'dead';
  }

  /** A place in the mirror for a thread that is about to start. */
  nextThread(): number {
    const thread = this.#nextThread++;
    writeSync(this.#mirror, new Uint8Array(ControlBlock.BYTES), 0, ControlBlock.BYTES, thread * ControlBlock.BYTES);
    return thread;
  }

  /** A cell that is dying takes no messages; its death notice settles what they were about. */
  send(message: ToCell): void {
    if (this.#state === 'up' && this.#child.connected) this.#child.send(message, () => {});
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Reads what a thread has marked last; works when the process is dead, too. */
  readMirror(thread: number, into: ControlBlock): void {
    readSync(this.#mirror, new Uint8Array(into.buffer), 0, ControlBlock.BYTES, thread * ControlBlock.BYTES);
  }

  /** The marks are not needed any more. */
  release(): void {
    closeSync(this.#mirror);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #died(exitCode: number | undefined, signal: string | undefined): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#events.died(exitCode, signal);
  }
}
