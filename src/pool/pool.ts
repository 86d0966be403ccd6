import type { Listener, PoolEventName } from '../core/events.ts';
import { ownOf } from '../core/foreign.ts';
import { runIsTraced, traceRun } from '../diagnostics/channels.ts';
import type { PoolMetrics } from '../metrics/metrics.ts';
import { boolean, fn, object, shaped, wrongType } from '../options/checks.ts';
import { resolveOptions } from '../options/pool-options.ts';
import type { PoolOptions, RunOptions } from '../options/types.ts';
import { MapRun } from '../stream/map.ts';
import { MAP_SHAPE, type MapOptions } from '../stream/map-options.ts';
import { RefusedMap } from '../stream/refused-map.ts';
import type { SettledIterator } from '../stream/settled.ts';
import { sourceOf } from '../stream/source.ts';
import type { TreeNode } from '../supervision/tree.ts';
import { PoolParts, type Seams } from './compose.ts';
import type { CloseReport } from './lifecycle.ts';
import { treeOf } from './pool-tree.ts';
import { type Health, healthOf, type PoolStats, statsOf } from './stats.ts';
import type { FromModule, InputOf, ResultOf } from './task-types.ts';

type AnySource = Iterable<unknown> | AsyncIterable<unknown>;
type MapYields = 'values' | 'outcomes';

const checkClose = shaped<{ force: boolean }>({ force: boolean });

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

  /**
   * @throws {TypeError | RangeError} `ERR_INVALID_OPTION`: a bad option; the message says what was expected
   * @param seams for simulations: what takes the place of clock, chance and threads
   */
  constructor(options: PoolOptions, seams?: Seams) {
    this.#parts = new PoolParts(resolveOptions(options), seams);
  }

  /**
   * Runs one task. Never throws synchronously; what can go wrong is in docs/errors.md.
   * @param task structured-cloneable, given to the function as it is, `null` and `undefined` included
   */
  run<K extends string = N>(task: InputOf<M, R, K>, options?: RunOptions & { readonly name?: K }): Promise<ResultOf<M, R, K>> {
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
      const settle = { resolve, reject };
      if (options === undefined) {
        admission.run(specs.standard, task, settle);
        return;
      }
      const { spec, given } = specs.resolve(options);
      admission.run(spec, task, settle, given);
    });
  }

  /**
   * Runs a task for each item of an iterable and yields the results, in order by default. Pulls lazily, within a bounded window.
   * The first failure ends it: the iterator throws, and what still runs is cancelled. Never throws by itself: what is wrong with the
   * options is thrown by the iterator. A consumer that leaves the loop does not wait for the source, which is told (`return()`, `destroy()`).
   */
  map<K extends string = N>(
    source: Iterable<InputOf<M, R, K>> | AsyncIterable<InputOf<M, R, K>>,
    options?: MapOptions & { readonly name?: K },
  ): AsyncIterableIterator<ResultOf<M, R, K>, void, undefined> {
    return this.#mapOrRefuse(source, options, 'values') as never;
  }

  /** Like `map`, but yields an outcome for every item, and never throws for a task. */
  mapSettled<K extends string = N>(
    source: Iterable<InputOf<M, R, K>> | AsyncIterable<InputOf<M, R, K>>,
    options?: MapOptions & { readonly name?: K },
  ): SettledIterator<ResultOf<M, R, K>> {
    return this.#mapOrRefuse(source, options, 'outcomes') as never;
  }

  #mapOrRefuse(source: AnySource, options: MapOptions | undefined, yields: MapYields): MapRun | RefusedMap {
    try {
      return this.#map(source, options, yields);
    } catch (error) {
      return new RefusedMap(error);
    }
  }

  #map(source: AnySource, options: MapOptions = {}, yields: MapYields): MapRun {
    const { admission, specs, options: pool } = this.#parts;
    const { ordered, window, ...rest } = ownOf(object(options, 'options')) as MapOptions;
    const settings = shaped(MAP_SHAPE)({ ordered, window }, 'options');
    const { spec, given } = specs.resolve(rest);
    if (given.transferList !== undefined) wrongType('transferList', 'nothing here: map copies its items', given.transferList);
    return new MapRun({
      host: admission.forMap(spec, given.key),
      source: sourceOf(source),
      ordered: settings.ordered ?? true,
      window: settings.window ?? 256 * pool.threads,
      signal: given.signal,
      yields,
    });
  }

  /** Resolves once every slot has a thread that has loaded the task module. @throws {PoolFailedError} if that will not happen */
  ready(): Promise<void> {
    return this.#parts.life.ready();
  }

  /** Resolves once every accepted task has settled. */
  drain(): Promise<void> {
    return this.#parts.life.drain();
  }

  /** Metrics for Prometheus: `await pool.metrics.metrics()` is the text to serve; with `metrics: false` it is empty. */
  get metrics(): PoolMetrics {
    return this.#parts.observers.metrics;
  }

  stats(): PoolStats {
    return statsOf(this.#parts);
  }

  health(): Health {
    return healthOf(this.#parts);
  }

  /**
   * Finishes (with `force`: rejects) what was accepted, then stops every thread. Idempotent; `run` rejects from now on.
   * After `closeTimeout` milliseconds the rest is rejected with `ERR_POOL_CLOSED`.
   */
  async close(options: { readonly force?: boolean } = {}): Promise<CloseReport> {
    return this.#parts.life.close(checkClose(options, 'options').force ?? false);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The live tree below this pool: its slots, spares and orphans, and the processes they live in. Print it with `renderTree`. */
  tree(): TreeNode {
    const { name, routes } = this.#parts;
    return treeOf({ name, health: healthOf(this.#parts), routes });
  }

  on<Name extends PoolEventName>(name: Name, listener: Listener<Name>): this {
    this.#parts.emitter.on(name, fn(listener, 'listener'));
    return this;
  }

  once<Name extends PoolEventName>(name: Name, listener: Listener<Name>): this {
    this.#parts.emitter.once(name, fn(listener, 'listener'));
    return this;
  }

  off<Name extends PoolEventName>(name: Name, listener: Listener<Name>): this {
    this.#parts.emitter.off(name, listener);
    return this;
  }
}
