import type { Listener, PoolEventName } from '../core/events.ts';
import type { PoolWatcher } from '../core/watch.ts';
import { transferred } from '../core/wire/moving.ts';
import { runIsTraced, traceRun } from '../diagnostics/channels.ts';
import type { PoolMetrics } from '../metrics/metrics.ts';
import { fn } from '../options/checks.ts';
import { resolveOptions } from '../options/pool-options.ts';
import type { PoolOptions, RunOptions } from '../options/types.ts';
import type { MapOptions } from '../stream/map-options.ts';
import type { SettledIterator } from '../stream/settled.ts';
import { type AnySource, startMap } from '../stream/start-map.ts';
import type { TreeNode } from '../supervision/tree.ts';
import { PoolParts, type Seams } from './compose.ts';
import { type CloseReport, howToClose } from './lifecycle.ts';
import { withList } from './run-task.ts';
import type { FromModule, InputOf, NameOf, ResultOf } from './task-types.ts';
import { treeOf } from './view/pool-tree.ts';
import { type Health, healthOf, type PoolStats, statsOf } from './view/stats.ts';
import { type PoolWatch, watchPool } from './view/watch.ts';

/**
 * A pool of worker threads that run the functions of a task module. Every task that `run` accepts settles exactly once, with a
 * right result or an honest error, whatever dies.
 *
 * @typeParam M the task module (`typeof import('./task.js')`), or the type of a task
 * @typeParam R the type of a result, if `M` is the type of a task
 * @typeParam N the export that is called when `run` names none
 */
// biome-ignore lint/suspicious/noExplicitAny: a pool without type parameters takes and gives anything
export class Pool<M = any, R = FromModule, N extends string = 'default'> implements AsyncDisposable {
  readonly #parts: PoolParts;

  /** @throws {TypeError | RangeError} `ERR_INVALID_OPTION`: a bad option; the message says what was expected */
  constructor(options?: PoolOptions);
  /**
   * @internal
   * @param seams for simulations: what takes the place of clock, chance and threads
   */
  constructor(options?: PoolOptions, seams?: Seams);
  constructor(options?: PoolOptions, seams?: Seams) {
    this.#parts = new PoolParts(resolveOptions(options), seams);
  }

  /**
   * The same with a function of another task module, which is loaded in a thread when it is first needed there.
   * @typeParam O that module (`typeof import('./other.js')`); `K` the export
   * @throws {TaskModuleError} `ERR_TASK_MODULE`: the module does not load; the pool and the tasks of other modules are not affected
   */
  // biome-ignore lint/suspicious/noExplicitAny: a module that is not named takes and gives anything
  run<O = any, K extends NameOf<O, FromModule> = 'default' & NameOf<O, FromModule>>(
    task: InputOf<O, FromModule, K>,
    options: RunOptions & { readonly filename: string | URL; readonly name?: K | undefined },
  ): Promise<ResultOf<O, FromModule, K>>;
  /**
   * Runs one task. Never throws synchronously: whatever goes wrong rejects the promise. `attemptsOf(error)` lists the attempts that failed.
   * @param task structured-cloneable, given to the function as it is, `null` and `undefined` included
   * @returns the result of the function, cloned
   * @throws what the task throws: its class, message, stack, code and own fields are kept
   * @throws {WorkerCrashError} `ERR_WORKER_CRASHED`, `ERR_WORKER_OUT_OF_MEMORY`: the task killed its thread, also in its retries
   * @throws {TimeoutError} `ERR_TASK_TIMEOUT`: a limit of `timeout` has passed
   * @throws {AbortError} `ERR_TASK_ABORTED`: `signal` was aborted
   * @throws {NotCloneableError} `ERR_TASK_NOT_CLONEABLE`: argument, result or error cannot be cloned
   * @throws {NoQuorumError} `ERR_NO_QUORUM`: the copies of a task with `redundancy` do not agree
   * @throws {QuarantinedError} `ERR_TASK_QUARANTINED`: the key of the task keeps killing threads
   * @throws {QueueFullError} `ERR_QUEUE_FULL`: `maxQueue` tasks wait already
   * @throws {PoolClosedError} `ERR_POOL_CLOSED`; {@link PoolFailedError} `ERR_POOL_FAILED`: no thread will run it
   * @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION`
   */
  run<K extends NameOf<M, R> | N = N>(
    task: InputOf<M, R, K>,
    options?: RunOptions & { readonly name?: K | undefined },
  ): Promise<ResultOf<M, R, K>>;
  /** Both forms of `run`. */
  run(task: unknown, options?: RunOptions): Promise<unknown> {
    if (!runIsTraced()) return this.#run(task, options);
    const { name: poolName, options: pool } = this.#parts;
    return traceRun(
      () => this.#run(task, options),
      () => ({ poolName, name: options?.name ?? pool.name, task }),
    );
  }

  #run<T>(task: unknown, options: RunOptions | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const { admission, specs } = this.#parts;
      const moved = transferred(task);
      if (options === undefined && moved === undefined) {
        admission.run(specs.standard, task, resolve, reject);
        return;
      }
      const { spec, given } = specs.resolve(moved === undefined ? options! : withList(options, moved.list));
      admission.run(spec, moved === undefined ? task : moved.value, resolve, reject, given);
    });
  }

  /** The same with a function of another task module, as for `run`. */
  // biome-ignore lint/suspicious/noExplicitAny: a module that is not named takes and gives anything
  map<O = any, K extends NameOf<O, FromModule> = 'default' & NameOf<O, FromModule>>(
    source: Iterable<InputOf<O, FromModule, K>> | AsyncIterable<InputOf<O, FromModule, K>>,
    options: MapOptions & { readonly filename: string | URL; readonly name?: K | undefined },
  ): AsyncIterableIterator<ResultOf<O, FromModule, K>>;
  /**
   * Runs a task for each item of an iterable and yields the results, in order by default. Pulls lazily, within a bounded window.
   * The first failure ends it: the iterator throws, and what still runs is cancelled. Never throws by itself: what is wrong with the
   * options is thrown by the iterator. A consumer that leaves the loop does not wait for the source, which is ended (`return()`, `destroy()`).
   */
  map<K extends NameOf<M, R> | N = N>(
    source: Iterable<InputOf<M, R, K>> | AsyncIterable<InputOf<M, R, K>>,
    options?: MapOptions & { readonly name?: K | undefined },
  ): AsyncIterableIterator<ResultOf<M, R, K>>;
  /** Both forms of `map`. */
  map(source: AnySource, options?: MapOptions): AsyncIterableIterator<unknown> {
    return startMap(this.#parts, source, options, 'values') as never;
  }

  /** The same with a function of another task module, as for `run`. */
  // biome-ignore lint/suspicious/noExplicitAny: a module that is not named takes and gives anything
  mapSettled<O = any, K extends NameOf<O, FromModule> = 'default' & NameOf<O, FromModule>>(
    source: Iterable<InputOf<O, FromModule, K>> | AsyncIterable<InputOf<O, FromModule, K>>,
    options: MapOptions & { readonly filename: string | URL; readonly name?: K | undefined },
  ): SettledIterator<ResultOf<O, FromModule, K>>;
  /**
   * Like `map`, but yields an outcome for every item, and never throws for a task.
   * @throws by the iterator: `InvalidOptionError`, what the source throws, or `AbortError`
   */
  mapSettled<K extends NameOf<M, R> | N = N>(
    source: Iterable<InputOf<M, R, K>> | AsyncIterable<InputOf<M, R, K>>,
    options?: MapOptions & { readonly name?: K | undefined },
  ): SettledIterator<ResultOf<M, R, K>>;
  /** Both forms of `mapSettled`. */
  mapSettled(source: AnySource, options?: MapOptions): SettledIterator<unknown> {
    return startMap(this.#parts, source, options, 'outcomes') as never;
  }

  /** Resolves once every slot has a thread that has loaded the task module. @throws {PoolFailedError} if that will not happen */
  ready(): Promise<void> {
    return this.#parts.life.ready();
  }

  /** Resolves once every accepted task has settled, those that are accepted meanwhile included. Never rejects. */
  drain(): Promise<void> {
    return this.#parts.life.drain();
  }

  /** Whether callers had better wait: `maxQueue` tasks are open beyond the threads, or 256 a thread; until no more are open than there are threads. */
  get needsDrain(): boolean {
    return this.#parts.admission.pressure.isHigh;
  }

  /** Metrics for Prometheus: `await pool.metrics.metrics()` is the text to serve; with `metrics: false` it is empty. */
  get metrics(): PoolMetrics {
    return this.#parts.observers.metrics;
  }

  /** The pool in numbers, at this moment. Costs a look at every thread. */
  stats(): PoolStats {
    return statsOf(this.#parts);
  }

  /** Whether the pool can do its work; costs nothing. */
  health(): Health {
    return healthOf(this.#parts);
  }

  /**
   * Finishes (with `force`: rejects; with `drop: 'queued'`: finishes what runs, and rejects what waits) what was accepted, then stops every thread. Idempotent; `run` rejects from now on.
   * After `closeTimeout` milliseconds the rest is rejected with `ERR_POOL_CLOSED`.
   */
  async close(options: { readonly force?: boolean | undefined; readonly drop?: 'queued' | undefined } = {}): Promise<CloseReport> {
    return this.#parts.life.close(howToClose(options));
  }

  /**
   * Replaces every thread by a new one, one after another, each after its current task; no task is interrupted, and where one can be had a successor
   * stands by first. Resolves when the last of the old threads has gone, or the pool has ended. Never rejects.
   */
  async recycle(): Promise<void> {
    await this.#parts.life.renew(() => this.#parts.routes.all.map((place) => place.renewAll()));
  }

  /** For `await using`: the same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The live tree below this pool: its slots, spares and orphans, and the processes they live in. Print it with `renderTree`. */
  tree(): TreeNode {
    const { name, routes } = this.#parts;
    return treeOf({ name, health: healthOf(this.#parts), routes });
  }

  /** The pool's name in metrics, traces and the tree. */
  get name(): string {
    return this.#parts.name;
  }

  /**
   * For pages and tracers: tells what attempts the threads have ended, and on being asked what they are at. A report that holds hundreds of
   * short tasks is one call. While no one watches, this costs nothing.
   */
  watch(watcher: PoolWatcher): PoolWatch {
    return watchPool(this.#parts, watcher);
  }

  /**
   * Calls `listener` for every event of that name. What it throws, or rejects with, is ignored.
   * @throws {InvalidOptionError} `ERR_INVALID_OPTION` if it is not a function
   */
  on<Name extends PoolEventName>(name: Name, listener: Listener<Name>): this {
    this.#parts.emitter.on(name, fn(listener, 'listener'));
    return this;
  }

  /** The same, for the next event of that name alone. @throws {InvalidOptionError} `ERR_INVALID_OPTION` if `listener` is not a function */
  once<Name extends PoolEventName>(name: Name, listener: Listener<Name>): this {
    this.#parts.emitter.once(name, fn(listener, 'listener'));
    return this;
  }

  /** Removes a listener that `on` has added. */
  off<Name extends PoolEventName>(name: Name, listener: Listener<Name>): this {
    this.#parts.emitter.off(name, listener);
    return this;
  }
}
