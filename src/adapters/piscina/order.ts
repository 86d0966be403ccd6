import type { Transferable as NodeTransferable } from 'node:worker_threads';
import { ownOf } from '../../core/foreign/foreign.ts';
import { systemClock } from '../../core/time/system-clock.ts';
import { aborted } from './errors.ts';
import { type HoldfastRunOptions, refused, wrongType } from './options.ts';
import type { PiscinaTask } from './queues.ts';
import { type AbortSignalAny, type Heard, heard, isAbortable } from './signal.ts';
import { queueOptionsSymbol } from './symbols.ts';

/** Options of `run`. */
export interface RunOptions {
  /** Objects that move to the thread instead of being copied. @default [] */
  readonly transferList?: readonly NodeTransferable[] | undefined;
  /** Another task module, loaded in a thread when it is first needed there. @default the pool's */
  readonly filename?: string | null | undefined;
  /** Aborts the task: it leaves the queue, or its thread is stopped. @default none */
  readonly signal?: AbortSignalAny | null | undefined;
  /** Which export is called. @default the pool's */
  readonly name?: string | null | undefined;
  /** What Piscina does not have: `retry`, `timeout`, `priority`, `onProgress` and so on. @default the pool's */
  readonly holdfast?: HoldfastRunOptions | undefined;
}

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function checkRun(given: RunOptions): RunOptions {
  if (typeof given !== 'object' || given === null) wrongType('options', 'an object', given);
  const options = ownOf(given);
  const { transferList, filename, name, signal } = options;
  if (transferList !== undefined && !Array.isArray(transferList)) wrongType('transferList argument', 'an Array', transferList);
  if (filename !== undefined && filename !== null && typeof filename !== 'string') wrongType('filename argument', 'a string', filename);
  if (name !== undefined && name !== null && typeof name !== 'string') wrongType('name argument', 'a string', name);
  if (signal !== undefined && signal !== null && !isAbortable(signal)) {
    wrongType('signal argument', 'an object, an AbortSignal or what emits abort', signal);
  }
  if ((options as { channel?: unknown }).channel !== undefined) {
    refused('channel', "it is tinypool's. Use context().progress of holdfast/worker, and holdfast: { onProgress }.");
  }
  return options;
}

/** Where a task runs, and how its promise settles. */
export interface Destination {
  readonly taskId: number;
  readonly filename: string;
  readonly name: string;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** One task: what a queue sees of it, and what the pool needs. */
export class Order implements PiscinaTask {
  readonly taskId: number;
  readonly filename: string;
  readonly name: string;
  readonly created: number = systemClock.machine();
  readonly isAbortable: boolean;
  readonly [queueOptionsSymbol]: object | null;
  /** What the function is given. */
  readonly task: unknown;
  readonly transferList: readonly NodeTransferable[] | undefined;
  readonly extras: HoldfastRunOptions | undefined;
  readonly #destination: Destination;
  readonly #heard: Heard | undefined;

  constructor(task: unknown, { transferList, signal, holdfast }: RunOptions, destination: Destination) {
    this.taskId = destination.taskId;
    this.filename = destination.filename;
    this.name = destination.name;
    this.#destination = destination;
    this.#heard = signal === undefined || signal === null ? undefined : heard(signal);
    this.isAbortable = this.#heard !== undefined;
    this.task = task;
    this.transferList = transferList;
    this.extras = holdfast;
    this[queueOptionsSymbol] = (task as { [queueOptionsSymbol]?: object } | null | undefined)?.[queueOptionsSymbol] ?? null;
  }

  get signal(): AbortSignal | undefined {
    return this.#heard?.signal;
  }

  /** Calls `removed` if the order is aborted while it waits; it is rejected then. @returns what ends that */
  whileWaiting(removed: () => void): () => void {
    const signal = this.signal;
    if (signal === undefined) return () => {};
    const listener = (): void => {
      removed();
      this.reject(aborted(signal.reason));
    };
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }

  resolve(value: unknown): void {
    this.#heard?.stop();
    this.#destination.resolve(value as never);
  }

  reject(error: unknown): void {
    this.#heard?.stop();
    this.#destination.reject(error);
  }
}
