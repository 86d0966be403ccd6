import { availableParallelism } from 'node:os';
import type { Clock, KeepAlive } from '../core/clock.ts';
import { Moment } from '../core/counting/moment.ts';
import { Tally } from '../core/counting/tally.ts';
import { TimeoutError } from '../core/errors.ts';
import { Emitter } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import type { Random } from '../core/random.ts';
import { type Attempt, aboutTask } from '../core/task.ts';
import { systemClock, systemKeepAlive } from '../core/time/system-clock.ts';
import { Watchers } from '../core/watch.ts';
import { Dispatcher, type DispatcherOptions } from '../dispatch/dispatcher.ts';
import { type Services, TIMED_OUT } from '../dispatch/services.ts';
import type { Executor } from '../executors/executor.ts';
import type { ResolvedOptions } from '../options/pool-options.ts';
import { Specs } from '../options/run-options.ts';
import { asOptionError } from '../options/thread-settings.ts';
import type { CourseHost } from '../policies/course-host.ts';
import { Courses } from '../policies/courses.ts';
import type { Ledger } from '../policies/ledger.ts';
import { within } from '../policies/within.ts';
import { Admission } from './admission.ts';
import { executorFor, madeOutside } from './executors.ts';
import { infoOf, PoolGauges } from './gauges.ts';
import { Lifecycle } from './lifecycle.ts';
import { PoolNodes } from './nodes.ts';
import { Observers } from './observers.ts';
import { Routes, withoutFullness } from './routes.ts';
import { statsOf } from './stats.ts';
import { Traces } from './traces.ts';

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

  constructor(options: ResolvedOptions, seams: Seams = {}) {
    this.options = options;
    this.clock = seams.clock ?? systemClock;
    this.#keepAlive = seams.keepAlive ?? systemKeepAlive();
    this.tally = new Tally(options.metrics === false ? {} : options.metrics);
    const { clock, emitter, tally, watchers } = this;
    const moment = new Moment(clock);
    const traces = options.tracing && new Traces(options.tracing, clock, () => this.name);
    this.#services = {
      clock,
      emitter,
      tally,
      watchers,
      moment,
      tracer: traces,
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
      traces,
      keepAlive: this.#keepAlive,
      refusal: () => this.life.refusal(),
      whenEnded: (callback) => this.life.whenEnded(callback),
      waiting: () => this.routes.waiting(),
      handOver: () => this.routes.main.handOver(),
      pollAll: () => this.routes.pollAll(),
      rejected: (taskId, name, { kind, error }) => {
        if (this.watchers.ofFailures) this.watchers.rejected({ taskId, name, kind, error });
      },
      drained: () => this.life.drained(),
    });
    this.ledger = this.admission.ledger;
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
      refused: (attempt, error) => this.#failed(attempt, { kind: 'startup', error }),
    });
    this.life = new Lifecycle({
      options,
      emitter,
      ledger: this.ledger,
      keepAlive: this.#keepAlive,
      atMost: (promise, ms) => this.#services.within(promise, ms),
      isReady: () => this.routes.main.roster.wasFull,
      giveUp: (task, failure) => this.admission.giveUp(task, failure),
      running: () => this.routes.tasksAtWork(),
      stopThreads: () => this.routes.stop(),
      hurry: () => this.routes.hurry(),
    });
    this.specs = new Specs(options, tally, new Courses(this.#host(seams.random ?? Math.random)));
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
    const { deaths } = this.observers;
    return new Dispatcher({
      executor,
      options,
      services,
      limits: this.admission.limits,
      events: {
        timedOut: (attempt, neighbour) => this.#timedOut(attempt, neighbour),
        failed: (attempt, failure) => this.#failed(attempt, failure),
        gaveUp: (thread, attempt) => deaths.gaveUp(thread, attempt),
        died: (thread, exit, reason, guilty) => deaths.report(thread, exit, reason, guilty),
        poolFailed,
        staffed: (slots) => this.admission.pressure.share(slots),
      },
    });
  }

  #host(random: Random): CourseHost {
    const { clock, emitter, routes, ledger } = this;
    return {
      clock,
      random,
      emitter,
      escalates: this.options.isolation === 'escalate',
      submit: (attempt) => routes.submit(attempt),
      cancel: (attempt, mode, end) => routes.of(attempt).cancel(attempt, mode, end),
      started: (attempt) => routes.of(attempt).started(attempt),
      runs: (attempt) => routes.runs(attempt),
      convict: (attempt) => routes.of(attempt).convict(attempt),
      running: () => routes.running(),
      leisure: () => routes.leisure(),
      fulfil: (task, value) => ledger.fulfil(task, value),
      reject: (task, failure) => ledger.reject(task, failure),
    };
  }

  #timedOut(attempt: Attempt, neighbour: boolean): void {
    const { spec } = attempt.task;
    const milliseconds = spec.limits.run;
    this.emitter.emit('timeout', { ...aboutTask(attempt.task), phase: 'run', milliseconds, attempt: attempt.number });
    this.#failed(attempt, { kind: 'timeout', error: new TimeoutError('run', milliseconds, neighbour) });
  }

  #failed(attempt: Attempt, failure: Failure): void {
    attempt.task.spec.course.failed(attempt, failure);
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
