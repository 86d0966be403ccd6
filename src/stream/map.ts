import { AbortError } from '../core/errors.ts';
import type { Failure, FailureKind } from '../core/failure.ts';
import { type Sink, Task, type TaskSpec } from '../core/task.ts';

/** An item's outcome, as `mapSettled` yields it. */
export type Settled<R> =
  | { readonly index: number; readonly status: 'fulfilled'; readonly value: R }
  | { readonly index: number; readonly status: 'rejected'; readonly reason: unknown };

/** What a map needs of its pool. */
export interface MapHost {
  readonly spec: TaskSpec;
  now(): number;
  nextId(): number;
  keyOf(input: unknown): string | undefined;
  refusal(key: string | undefined): Failure | undefined;
  accept(task: Task): void;
  giveUp(task: Task, failure: Failure): void;
}

interface MapParts {
  readonly host: MapHost;
  readonly source: Iterator<unknown> | AsyncIterator<unknown>;
  readonly ordered: boolean;
  readonly window: number;
  readonly signal: AbortSignal | undefined;
}

class MapTask extends Task {
  readonly index: number;

  constructor(index: number, host: MapHost, input: unknown, sink: Sink, key: string | undefined) {
    super(host.nextId(), host.spec, input, host.now(), sink, key);
    this.index = index;
  }
}

type Waiter = { resolve(result: IteratorResult<Settled<unknown>>): void; reject(error: unknown): void };

/**
 * Tasks out of an iterable, results into another, with a bounded window between. The source is pulled only as fast as the
 * consumer takes; when the consumer leaves, pulling stops and what runs is cancelled.
 */
export class MapRun implements Sink {
  readonly #parts: MapParts;
  /** Outcomes by index modulo window: those that wait for their turn, or, unordered, in a row. */
  readonly #outcomes: (Settled<unknown> | undefined)[];
  readonly #open = new Set<MapTask>();
  readonly #waiters: Waiter[] = [];
  readonly #onAbort = (): void => this.#end(new AbortError('The map was aborted by its signal.', this.#parts.signal?.reason));
  /** `pulling`: a pull is under way. `exhausted`: the source has ended. `ended`: nothing more will be yielded. */
  #state: 'idle' | 'pulling' | 'exhausted' | 'ended' = 'idle';
  #failure: { error: unknown } | undefined;
  #pulled = 0;
  #yielded = 0;
  #stored = 0;

  constructor(parts: MapParts) {
    this.#parts = parts;
    this.#outcomes = new Array<Settled<unknown> | undefined>(Math.min(parts.window, 1024)).fill(undefined);
    parts.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (parts.signal?.aborted) this.#onAbort();
  }

  next(): Promise<IteratorResult<Settled<unknown>>> {
    const ready = this.#take();
    if (ready !== undefined) {
      if (this.#pulled - this.#yielded <= this.#parts.window >> 1) this.#pull();
      return Promise.resolve({ value: ready, done: false });
    }
    if (this.#over()) return this.#last();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#pull();
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The consumer leaves. */
  async return(): Promise<IteratorResult<Settled<unknown>>> {
    const unfinished = this.#state !== 'exhausted' && this.#state !== 'ended';
    this.#end(undefined);
    if (unfinished) await this.#parts.source.return?.();
    return { value: undefined, done: true };
  }

  fulfilled(task: MapTask, value: unknown): void {
    this.#settled(task, { index: task.index, status: 'fulfilled', value });
  }

  rejected(task: MapTask, reason: unknown, _kind: FailureKind): void {
    this.#settled(task, { index: task.index, status: 'rejected', reason });
  }

  #settled(task: MapTask, outcome: Settled<unknown>): void {
    this.#open.delete(task);
    if (this.#state === 'ended') return;
    this.#store(outcome);
    this.#serve();
  }

  #store(outcome: Settled<unknown>): void {
    if (this.#parts.ordered) {
      this.#outcomes[outcome.index % this.#parts.window] = outcome;
    } else {
      this.#outcomes[this.#stored % this.#parts.window] = outcome;
    }
    this.#stored++;
  }

  #take(): Settled<unknown> | undefined {
    const at = this.#yielded % this.#parts.window;
    const outcome = this.#outcomes[at];
    if (outcome === undefined) return undefined;
    this.#outcomes[at] = undefined;
    this.#yielded++;
    return outcome;
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const ready = this.#take();
      if (ready !== undefined) this.#waiters.shift()!.resolve({ value: ready, done: false });
      else if (this.#over()) this.#last().then(this.#waiters[0]!.resolve, this.#waiters.shift()!.reject);
      else return;
    }
  }

  /** Nothing more will come. */
  #over(): boolean {
    return this.#state === 'ended' || (this.#state === 'exhausted' && this.#yielded === this.#pulled);
  }

  async #last(): Promise<IteratorResult<Settled<unknown>>> {
    const failure = this.#failure;
    this.#failure = undefined;
    this.#end(undefined);
    if (failure !== undefined) throw failure.error;
    return { value: undefined, done: true };
  }

  /** Fills the window. A synchronous source is pulled in one go, so that what is pulled together travels together. */
  #pull(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'pulling';
    try {
      while (this.#pulled - this.#yielded < this.#parts.window) {
        const next = this.#parts.source.next();
        if (typeof (next as Partial<PromiseLike<unknown>>).then === 'function') {
          Promise.resolve(next).then(
            (result) => this.#pulledOne(result),
            (error) => this.#sourceFailed(error),
          );
          return;
        }
        if (!this.#accepted(next as IteratorResult<unknown>)) return;
      }
      this.#state = 'idle';
    } catch (error) {
      this.#sourceFailed(error);
    }
  }

  #pulledOne(result: IteratorResult<unknown>): void {
    if (this.#state !== 'pulling') return;
    this.#state = 'idle';
    if (this.#accepted(result)) this.#pull();
  }

  #accepted(result: IteratorResult<unknown>): boolean {
    if (result.done === true) {
      this.#state = 'exhausted';
      this.#serve();
      return false;
    }
    const { host } = this.#parts;
    const index = this.#pulled++;
    const key = host.keyOf(result.value);
    const refusal = host.refusal(key);
    if (refusal !== undefined) {
      this.#store({ index, status: 'rejected', reason: refusal.error });
      this.#serve();
      return true;
    }
    const task = new MapTask(index, host, result.value, this, key);
    this.#open.add(task);
    host.accept(task);
    return true;
  }

  #sourceFailed(error: unknown): void {
    if (this.#state === 'ended') return;
    this.#state = 'exhausted';
    this.#failure = { error };
    this.#serve();
  }

  #end(error: unknown): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    if (error !== undefined) this.#failure = { error };
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
    this.#outcomes.fill(undefined);
    for (const task of this.#open) {
      this.#parts.host.giveUp(task, { kind: 'aborted', error: new AbortError('Its map has ended before the task had settled.') });
    }
    this.#open.clear();
    this.#serve();
  }
}
