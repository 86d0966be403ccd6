import { availableParallelism } from 'node:os';
import type { Clock, KeepAlive } from '../core/clock.ts';
import { Moment } from '../core/counting/moment.ts';
import { Tally } from '../core/counting/tally.ts';
import { Emitter } from '../core/events.ts';
import type { Random } from '../core/random.ts';
import { systemClock, systemKeepAlive } from '../core/time/system-clock.ts';
import { Watchers } from '../core/watchers.ts';
import { Dispatcher, type DispatcherOptions } from '../dispatch/dispatcher.ts';
import { type Services, TIMED_OUT } from '../dispatch/services.ts';
import type { Executor } from '../executors/executor.ts';
import type { ResolvedOptions } from '../options/pool-options.ts';
import { Specs } from '../options/run-options.ts';
import { asOptionError } from '../options/thread-settings.ts';
import { Courses } from '../policies/courses.ts';
import type { Ledger } from '../policies/ledger.ts';
import { within } from '../policies/within.ts';
import { Admission } from './admission.ts';
import { PoolCourseHost } from './course-host.ts';
import { executorFor, madeOutside } from './executors.ts';
import { Lifecycle } from './lifecycle.ts';
import { PoolNodes } from './nodes.ts';
import { Routes, withoutFullness } from './routes.ts';
import { infoOf, PoolGauges } from './view/gauges.ts';
import { Observers } from './view/observers.ts';
import { statsOf } from './view/stats.ts';
import { Traces } from './view/traces.ts';

export { traced } from '../executors/traced.ts';

/** What a simulation puts in the place of the real world. */
export interface Seams {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly keepAlive?: KeepAlive;
  /** Threads that start at the same time. Default: one a core. */
  readonly staging?: number;
  readonly executor?: (options: ResolvedOptions, clock: Clock, place: 'pool' | 'escalation', nodes: PoolNodes | undefined) => Executor;
  /** Is shown the parts as soon as they are joined, so that checks may look inside. */
  readonly joined?: (parts: PoolParts) => void;
}

/** The parts of one pool, joined here and nowhere else. */
export class PoolParts {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly emitter: Emitter = new Emitter();
  readonly tally: Tally;
  readonly watchers: Watchers = new Watchers();
  readonly observers: Observers;
  readonly admission: Admission;
  readonly ledger: Ledger;
  readonly routes: Routes;
  readonly life: Lifecycle;
  readonly specs: Specs;
  /** What is known of the machines on which its threads live, if that is not this one. */
  readonly nodes: PoolNodes | undefined;
  readonly #keepAlive: KeepAlive;
  readonly #services: Services;
  readonly #traces: Traces | undefined;

  constructor(options: ResolvedOptions, seams: Seams = {}) {
    this.options = options;
    this.clock = seams.clock ?? systemClock;
    this.#keepAlive = seams.keepAlive ?? systemKeepAlive();
    this.tally = new Tally(options.metrics === false ? {} : options.metrics);
    const { clock, emitter, tally, watchers } = this;
    const moment = new Moment(clock);
    this.#traces = options.tracing && new Traces(options.tracing, clock, () => this.name);
    this.#services = {
      clock,
      emitter,
      tally,
      watchers,
      moment,
      within: (promise, ms, scale) => within(promise, ms, TIMED_OUT, clock, scale),
    };
    const gauges = new PoolGauges(this);
    this.nodes = options.nodes && new PoolNodes(emitter, (error) => this.life.fail(error));
    // First, because it may throw: nothing has been started yet.
    this.observers = new Observers({
      metrics: options.metrics,
      emitter,
      clock,
      tally,
      stats: () => statsOf(this),
      info: infoOf(options),
      gauges: () => gauges.read(),
    });
    this.admission = new Admission({
      options,
      clock,
      emitter,
      moment,
      tally,
      traces: this.#traces,
      keepAlive: this.#keepAlive,
      watchers,
    });
    const { admission } = this;
    this.ledger = admission.ledger;
    this.routes = new Routes(this.#begin(seams), {
      clock,
      pause: options.restart.within,
      make: (failed) => {
        const services = { ...this.#services, emitter: withoutFullness(emitter) };
        const executor = madeOutside((seams.executor ?? executorFor)(options, clock, 'escalation', this.nodes));
        return this.#dispatcher(
          executor,
          { ...options, threads: options.cells ?? 1, spares: options.spares ?? 1, idleTimeout: undefined },
          services,
          failed,
        );
      },
    });
    const { routes, ledger } = this;
    this.life = new Lifecycle({
      options,
      emitter,
      ledger,
      keepAlive: this.#keepAlive,
      within: this.#services.within,
      admission,
      routes,
    });
    admission.open(this.life, routes);
    const escalates = options.isolation === 'escalate';
    const host = new PoolCourseHost({ clock, random: seams.random ?? Math.random, emitter, escalates, routes, ledger });
    this.specs = new Specs(options, tally, new Courses(host));
    seams.joined?.(this);
  }

  /** The pool's name in metrics, traces and the tree. */
  get name(): string {
    return this.observers.metrics.pool;
  }

  /** Starts the first threads. @throws {InvalidOptionError} `ERR_INVALID_OPTION` if Node takes none with these options; then nothing is left */
  #begin(seams: Seams): Dispatcher {
    try {
      const executor = madeOutside((seams.executor ?? executorFor)(this.options, this.clock, 'pool', this.nodes));
      // Other machines have cores of their own.
      const here = seams.executor === undefined && this.options.nodes === undefined;
      const staging = seams.staging ?? (here ? availableParallelism() : Number.POSITIVE_INFINITY);
      const options = { ...this.options, ...staffOf(this.options, executor), staging };
      return this.#dispatcher(executor, options, this.#services, (error) => this.life.fail(error));
    } catch (error) {
      this.observers.metrics.close();
      this.#keepAlive.close();
      throw asOptionError(error);
    }
  }

  #dispatcher(executor: Executor, options: DispatcherOptions, services: Services, poolFailed: (error: unknown) => void): Dispatcher {
    const { limits, pressure } = this.admission;
    const reports = this.observers.deaths;
    return new Dispatcher({ executor, options, services, tracer: this.#traces, limits, reports, pressure, poolFailed });
  }
}

type Staff = Pick<DispatcherOptions, 'threads' | 'min' | 'spares' | 'idleTimeout' | 'follow'>;

/** A pool whose number of threads is fixed is whole only with all of them, and has its spares from the beginning; one of nodes has what these offer. */
function staffOf({ threads, spares, idleTimeout, nodes }: ResolvedOptions, { capacity }: Executor): Staff {
  const { min, max, fixed } = threads;
  const follow = nodes !== undefined && capacity !== undefined ? { min, max, spares } : undefined;
  if (follow !== undefined) return { threads: min, min, spares: 0, idleTimeout: undefined, follow };
  const some = spares ?? 1;
  return fixed ? { threads: max, min: max, spares: some, idleTimeout: undefined } : { threads: max, min, spares: some, idleTimeout };
}
