import { AbortError, InvalidOptionError } from '../core/errors.ts';
import { guarded } from '../core/events.ts';
import { type Context, contextOfCaller } from '../core/foreign/context.ts';
import { type MapParts, MapTask } from './map-task.ts';
import { OpenItems } from './open-items.ts';
import type { Settled } from './settled.ts';
import { EMPTY, FULFILLED, REJECTED, type Status, Window } from './window.ts';

type Result = IteratorResult<unknown, undefined>;
type Waiter = { resolve(result: Result | Promise<Result>): void };

/**
 * Tasks out of an iterable, results into another, with a bounded window between. The source is pulled only as fast as the
 * consumer takes; when the consumer leaves, pulling stops and what runs is cancelled.
 */
export class MapRun {
  readonly #parts: MapParts;
  readonly open: OpenItems<MapTask> = new OpenItems();
  readonly #window: Window;
  /** That of the call of `map`. */
  readonly #context: Context | undefined;
  readonly #waiters: Waiter[] = [];
  readonly #onAbort = (): void => {
    const unfinished = this.#unfinished;
    this.#end(new AbortError('The map was aborted by its signal.', this.#parts.signal?.reason));
    if (unfinished) guarded(() => this.#parts.source.leave());
  };
  /** `pulling`: a pull is under way. `exhausted`: the source has ended. `ended`: nothing more will be yielded. */
  #state: 'idle' | 'pulling' | 'exhausted' | 'ended' = 'idle';
  #failure: { error: unknown } | undefined;
  #pulled = 0;
  /** Set while a pull waits for the source, which may never answer: then the end of the pool is the end of the map. */
  #unwatch: (() => void) | undefined;

  constructor(parts: MapParts) {
    this.#parts = parts;
    this.#window = new Window(parts.window, parts.ordered);
    this.#context = parts.host.spec.asks || parts.host.spec.traced ? contextOfCaller() : undefined;
    parts.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (parts.signal?.aborted) this.#onAbort();
  }

  next(): Promise<Result> {
    if (this.#waiters.length === 0 && this.#window.next !== EMPTY) {
      const result = this.#take();
      this.#refill();
      return result;
    }
    if (this.#over()) return this.#last();
    return new Promise((resolve) => {
      this.#waiters.push({ resolve });
      this.#pull();
      this.#serve();
    });
  }

  poll(): Settled<unknown> | undefined {
    if (this.#waiters.length > 0 || this.#window.next === EMPTY) return undefined;
    const settled = this.#window.settled();
    this.#refill();
    return settled;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get #unfinished(): boolean {
    return this.#state !== 'exhausted' && this.#state !== 'ended';
  }

  /** The consumer leaves: at once, whatever the source does. */
  async return(): Promise<Result> {
    const unfinished = this.#unfinished;
    this.#end(undefined);
    if (unfinished) this.#parts.source.leave();
    return { value: undefined, done: true };
  }

  /** One of its tasks has settled. */
  settled(index: number, status: Status, outcome: unknown): void {
    if (this.#state === 'ended') return;
    this.#window.store(index, status, outcome);
    this.#serve();
  }

  #take(): Promise<Result> {
    if (this.#parts.yields === 'outcomes') return Promise.resolve({ value: this.#window.settled(), done: false });
    const status = this.#window.next;
    const outcome = this.#window.take();
    if (status === FULFILLED) return Promise.resolve({ value: outcome, done: false });
    const unfinished = this.#unfinished;
    this.#end(undefined);
    if (unfinished) guarded(() => this.#parts.source.leave());
    return Promise.reject(outcome);
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      if (this.#window.next !== EMPTY) this.#waiters.shift()!.resolve(this.#take());
      else if (this.#over()) this.#waiters.shift()!.resolve(this.#last());
      else return;
    }
  }

  /** Nothing more will come. */
  #over(): boolean {
    return this.#state === 'ended' || (this.#state === 'exhausted' && this.#window.taken === this.#pulled);
  }

  async #last(): Promise<Result> {
    const failure = this.#failure;
    this.#failure = undefined;
    this.#end(undefined);
    if (failure !== undefined) throw failure.error;
    return { value: undefined, done: true };
  }

  /** Pulls again, once enough were taken to be worth it. */
  #refill(): void {
    if (this.#pulled - this.#window.taken <= this.#window.low) this.#pull();
  }

  /** Fills the window. A synchronous source is pulled in one go, so that what is pulled together travels together. */
  #pull(): void {
    if (this.#state !== 'idle' || this.#poolEnded()) return;
    this.#state = 'pulling';
    try {
      while (this.#pulled - this.#window.taken < this.#parts.window) {
        const next = this.#parts.source.next();
        if (typeof (next as Partial<PromiseLike<unknown>> | undefined)?.then === 'function') {
          this.#await(next as Promise<IteratorResult<unknown>>);
          return;
        }
        if (!this.#accepted(next as IteratorResult<unknown>)) return;
      }
      if (this.#state === 'pulling') this.#state = 'idle';
    } catch (error) {
      this.#sourceFailed(error);
    }
  }

  #await(next: Promise<IteratorResult<unknown>>): void {
    this.#unwatch = this.#parts.host.whenEnded(() => this.#poolEnded());
    Promise.resolve(next).then(
      (result) => {
        this.#watched();
        this.#pulledOne(result);
      },
      (error) => {
        this.#watched();
        this.#sourceFailed(error);
      },
    );
  }

  #watched(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** The pool takes no more tasks: what it has accepted still gets its outcome, then the map throws. True if that is so. */
  #poolEnded(): boolean {
    const refusal = this.#parts.host.ended();
    if (refusal === undefined) return false;
    const { source } = this.#parts;
    this.#sourceFailed(refusal.error);
    guarded(() => source.leave());
    return true;
  }

  #pulledOne(result: IteratorResult<unknown>): void {
    if (this.#state !== 'pulling') return;
    try {
      if (!this.#accepted(result)) return;
      this.#state = 'idle';
      this.#pull();
    } catch (error) {
      this.#sourceFailed(error);
    }
  }

  /** Takes in what the source gave; false if that was the last of it. @throws what a source throws that gives no proper result */
  #accepted(result: IteratorResult<unknown>): boolean {
    if (typeof result !== 'object' || result === null)
      throw new InvalidOptionError(`source: Expected next() to give an object with done and value. Got ${result}.`);
    if (this.#state !== 'pulling') return false; // The source itself has ended the map.
    if (result.done === true) {
      this.#state = 'exhausted';
      this.#serve();
      return false;
    }
    const { value } = result;
    const index = this.#pulled++;
    const task = this.#taskOf(index, value);
    if (task !== undefined && this.#state === 'pulling') {
      this.open.add(task);
      this.#parts.host.accept(task);
    }
    return this.#state === 'pulling';
  }

  /** The task of an item, unless the item is refused: then that is its outcome. */
  #taskOf(index: number, input: unknown): MapTask | undefined {
    const { host } = this.#parts;
    let error: unknown;
    try {
      const key = host.keyOf(input);
      const refusal = host.refusal(key);
      if (refusal === undefined) return new MapTask(index, this, host, input, key, this.#context);
      error = refusal.error;
    } catch (thrown) {
      error = thrown; // By the user's key function.
    }
    this.settled(index, REJECTED, error);
    return undefined;
  }

  /** Nothing more comes, for this reason; of two, the first counts. */
  #sourceFailed(error: unknown): void {
    this.#watched();
    if (!this.#unfinished) return;
    this.#state = 'exhausted';
    this.#failure = { error };
    this.#serve();
  }

  #end(error: unknown): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    if (error !== undefined) this.#failure = { error };
    this.#watched();
    this.#parts.signal?.removeEventListener('abort', this.#onAbort);
    this.#window.clear();
    for (const task of this.open.all()) {
      this.#parts.host.giveUp(task, { kind: 'aborted', error: new AbortError('Its map has ended before the task had settled.') });
    }
    this.#serve();
  }
}
