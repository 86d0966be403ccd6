import type { MessagePort } from 'node:worker_threads';
import type { TraceHeaders } from '../core/attempt.ts';
import type { ControlBlock } from '../core/wire/control-block.ts';
import { isTooDeep } from '../core/wire/depth.ts';
import { FROM_THREAD, type ItemMeta } from '../core/wire/wire.ts';
import { storage, type TaskContext } from './context.ts';
import type { ThreadTime } from './measures/thread-time.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const Controller = AbortController;
const signalOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(Controller.prototype, 'signal')!.get!) as (
  controller: AbortController,
) => AbortSignal;
const abort = Function.prototype.call.bind(Controller.prototype.abort) as (controller: AbortController) => void;
const { min } = Math;
const Refusal = DOMException;
const wall = Date.now;

const FOREVER = Number.POSITIVE_INFINITY;

/** What one running item shares with its thread. */
export interface Surroundings {
  readonly port: MessagePort;
  readonly control: ControlBlock;
  /** Milliseconds of the pool's own run timeout. */
  readonly runLimit: number;
  readonly time: ThreadTime;
}

/** One item while it runs, and what `context()` shows of it. */
export class Item implements TaskContext {
  readonly taskId: number;
  readonly attempt: number;
  readonly replica: number;
  readonly bundle: number;
  readonly index: number;
  readonly #around: Surroundings;
  readonly #meta: ItemMeta | undefined;
  #startedAt: number;
  #controller: AbortController | undefined;

  constructor(around: Surroundings, bundle: number, index: number, taskId: number, meta: ItemMeta | undefined, startedAt: number) {
    this.#around = around;
    this.#meta = meta;
    this.#startedAt = around.time.lived(startedAt);
    this.bundle = bundle;
    this.index = index;
    this.taskId = taskId;
    this.attempt = meta?.attempt ?? 1;
    this.replica = meta?.replica ?? 0;
  }

  /** Its module had to be loaded first. */
  begin(now: number): void {
    this.#startedAt = this.#around.time.lived(now);
  }

  get remaining(): number {
    const limit = min(this.#startedAt + (this.#meta?.run ?? this.#around.runLimit), this.#meta?.until ?? FOREVER);
    return limit === FOREVER ? FOREVER : limit - this.#around.time.now();
  }

  get deadline(): number {
    return wall() + this.remaining;
  }

  /** Export to call, if it is not the pool's own. */
  get name(): string | undefined {
    return this.#meta?.name;
  }

  /** URL of the task module, if it is not the pool's own. */
  get module(): string | undefined {
    return this.#meta?.module;
  }

  /** Its place in a trace, where the pool is traced. */
  get trace(): TraceHeaders | undefined {
    return this.#meta?.trace;
  }

  get traceparent(): string | undefined {
    return this.#meta?.trace?.traceparent;
  }

  /** A large result of it goes sealed. */
  get seals(): boolean {
    return this.#meta?.seal === true;
  }

  get aborted(): boolean {
    return this.#around.control.aborted(this.bundle, this.index);
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new Controller();
      if (this.aborted) abort(this.#controller);
    }
    return signalOf(this.#controller);
  }

  /** The manager's word that the attempt is given up has arrived as a message. */
  abort(): void {
    // What its listeners do wrong is the task's own.
    const controller = this.#controller;
    if (controller !== undefined) storage.run(this, () => abort(controller));
  }

  progress(value: unknown): void {
    if (isTooDeep(value)) throw new Refusal('The value is nested too deeply to be read where it arrives.', 'DataCloneError');
    this.#around.port.postMessage([FROM_THREAD.progress, this.bundle, this.index, value]);
  }
}
