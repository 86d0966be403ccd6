import { BrokerError } from '../core/broker/broker-error.ts';
import type { KeepAlive } from '../core/clock.ts';
import { AbortError, NotInstalledError, PoolClosedError, PoolFailedError } from '../core/errors.ts';
import type { Emitter } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import { messageOf } from '../core/foreign/message.ts';
import type { Task } from '../core/task.ts';
import type { Services } from '../dispatch/services.ts';
import { boolean, oneOf, shaped } from '../options/checks.ts';
import type { ResolvedOptions } from '../options/pool-options.ts';
import type { Ledger } from '../policies/ledger.ts';
import { loadAdvice } from './load-advice.ts';
import type { Routes } from './routes.ts';

/** `open` until `close()` or failure; there is no way back. */
export type PoolState = 'open' | 'closing' | 'closed' | 'failed';
/** Every transition that there is. */
export const POOL_SUCCESSORS: Readonly<Record<PoolState, readonly PoolState[]>> = {
  open: ['closing', 'failed'],
  closing: ['closed', 'failed'],
  closed: [],
  failed: [],
};
/** @throws {Error} if no pool can go from the one to the other: that would be a bug of the pool */
export function checkPoolState(from: PoolState, to: PoolState): void {
  if (!POOL_SUCCESSORS[from].includes(to)) throw new Error(`The pool cannot go from ${from} to ${to}.`);
}

/** What `close()` resolves with. */
export interface CloseReport {
  /** Accepted tasks that settled while the pool closed. */
  readonly completed: number;
  /** Accepted tasks that were rejected with `ERR_POOL_CLOSED`. */
  readonly dropped: number;
  /** Threads that were ended in the middle of a task. */
  readonly killed: number;
}

/** Settles a task from outside its course. */
export interface GivesUp {
  giveUp(task: Task, failure: Failure): void;
}

export interface LifecycleParts {
  readonly options: ResolvedOptions;
  readonly ledger: Ledger;
  readonly emitter: Emitter;
  readonly keepAlive: KeepAlive;
  readonly within: Services['within'];
  readonly admission: GivesUp;
  readonly routes: Routes;
}

const NONE: ReadonlySet<Task> = new Set();

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** From open to closed or failed: which promises wait for what, and what is done only once. */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  #state: PoolState = 'open';
  #cause: unknown;
  #why = '';
  #dropped = 0;
  #awaitReady: Waiter[] = [];
  #awaitDrain: (() => void)[] = [];
  #closing: Promise<CloseReport> | undefined;
  #stopping: Promise<number> | undefined;
  readonly #awaitEnd = new Set<() => void>();

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    parts.emitter.on('ready', () => this.#becameReady());
  }

  get state(): PoolState {
    return this.#state;
  }

  #become(state: PoolState): void {
    checkPoolState(this.#state, state);
    this.#state = state;
  }

  /** Why no task can be accepted, or `undefined`. */
  refusal(): Failure | undefined {
    if (this.state === 'open') return undefined;
    if (this.state === 'failed') return { kind: 'startup', error: this.#failedError() };
    return { kind: 'rejected', error: new PoolClosedError('The pool is closed; run() was called after close().') };
  }

  ready(): Promise<void> {
    if (this.state === 'failed') return Promise.reject(this.#failedError());
    if (this.state !== 'open') return Promise.reject(new PoolClosedError('The pool is closed; it will not become ready.'));
    if (this.#parts.routes.main.roster.wasFull) return Promise.resolve();
    this.#parts.keepAlive.hold();
    const ready = new Promise<void>((resolve, reject) => this.#awaitReady.push({ resolve, reject }));
    return ready.finally(() => this.#parts.keepAlive.release());
  }

  /** The program is kept alive until this has ended. */
  async renew(places: () => readonly Promise<void>[]): Promise<void> {
    if (this.state !== 'open') return;
    this.#parts.keepAlive.hold();
    await Promise.all(places()).finally(() => this.#parts.keepAlive.release());
  }

  /** Calls back once when the pool takes no more tasks. Returns what undoes it. */
  whenEnded(callback: () => void): () => void {
    this.#awaitEnd.add(callback);
    return () => this.#awaitEnd.delete(callback);
  }

  drain(): Promise<void> {
    if (this.#parts.ledger.open === 0) return Promise.resolve();
    return new Promise((resolve) => this.#awaitDrain.push(resolve));
  }

  /** The last open task has settled. */
  drained(): void {
    const waiting = this.#awaitDrain;
    this.#awaitDrain = [];
    for (const resolve of waiting) resolve();
    const { fulfilled, rejected } = this.#parts.ledger;
    this.#parts.emitter.emit('drain', { settled: fulfilled + rejected });
  }

  /** @param how `force`: nothing is finished. `running`: only what runs is */
  close(how: 'all' | 'running' | 'force'): Promise<CloseReport> {
    if (how === 'force') this.#parts.routes.hurry();
    this.#closing ??= this.#close(how === 'force');
    if (how === 'force') this.#drop(NONE);
    else if (how === 'running') this.#drop(this.#parts.routes.tasksAtWork());
    return this.#closing;
  }

  /** Restart intensity was exceeded: nothing will run any more. */
  fail(cause: unknown): void {
    if (this.state === 'failed' || this.state === 'closed') return;
    const { ledger, emitter, admission } = this.#parts;
    this.#become('failed');
    this.#cause = cause;
    if (cause !== undefined) this.#why = `: ${messageOf(cause)}${loadAdvice(cause, this.#parts.options.filename)}`;
    for (const task of ledger) admission.giveUp(task, { kind: 'startup', error: this.#failedError() });
    this.#ended();
    this.#becameReady(this.#failedError());
    emitter.emit('failed', { error: this.#failedError() });
    void this.#stop();
  }

  async #close(force: boolean): Promise<CloseReport> {
    const { ledger, options, emitter, keepAlive, within } = this.#parts;
    keepAlive.hold();
    const before = ledger.fulfilled + ledger.rejected;
    if (this.state === 'open') this.#become('closing');
    this.#ended();
    this.#becameReady(new PoolClosedError('The pool was closed before it was ready.'));
    if (!force) await within(this.drain(), options.closeTimeout);
    this.#drop(NONE);
    const completed = ledger.fulfilled + ledger.rejected - before - this.#dropped;
    const killed = await this.#stop();
    if (this.state !== 'failed') this.#become('closed');
    const report = { completed, dropped: this.#dropped, killed };
    emitter.emit('close', report);
    keepAlive.close();
    return report;
  }

  #stop(): Promise<number> {
    this.#stopping ??= this.#parts.routes.stop();
    return this.#stopping;
  }

  #drop(keep: ReadonlySet<Task>): void {
    const { ledger, admission } = this.#parts;
    const { open } = ledger;
    for (const task of ledger) {
      if (keep.has(task)) continue;
      admission.giveUp(task, { kind: 'aborted', error: new PoolClosedError('The pool was closed before the task had settled.') });
    }
    // Not one for each call: a map whose item is given up gives up its others by itself.
    this.#dropped += open - ledger.open;
  }

  #ended(): void {
    for (const callback of this.#awaitEnd) callback();
    this.#awaitEnd.clear();
  }

  #becameReady(error?: unknown): void {
    const waiting = this.#awaitReady;
    this.#awaitReady = [];
    for (const { resolve, reject } of waiting) error === undefined ? resolve() : reject(error);
  }

  /** A new one for each task: every error carries the history of its own. */
  #failedError(): PoolFailedError {
    if (this.#cause instanceof BrokerError || this.#cause instanceof NotInstalledError)
      return new PoolFailedError(`The nodes of the pool cannot be reached: ${this.#cause.message}`, this.#cause);
    const { intensity, within } = this.#parts.options.restart;
    const message = `More than ${intensity} threads died within ${within} ms without having done anything${this.#why}`;
    return new PoolFailedError(message, this.#cause);
  }
}

/** The refusal of a task whose signal was aborted before it came. */
export function abortedBefore(signal: AbortSignal): Failure {
  return { kind: 'aborted', error: new AbortError('The task was aborted by its signal before it was accepted.', signal.reason) };
}

const closeOptions = shaped<{ force: boolean; drop: 'queued' }>({ force: boolean, drop: oneOf('queued') });

/** What `close` is to do with what was accepted. @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function howToClose(options: object): 'all' | 'running' | 'force' {
  const { force = false, drop } = closeOptions(options, 'options');
  return force ? 'force' : drop === undefined ? 'all' : 'running';
}
