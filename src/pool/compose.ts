import { type Clock, systemClock } from '../core/clock.ts';
import { QueueFullError, TimeoutError } from '../core/errors.ts';
import { Emitter } from '../core/events.ts';
import type { Failure, FailureKind } from '../core/failure.ts';
import type { Random } from '../core/random.ts';
import { Tally } from '../core/tally.ts';
import type { Attempt, Task, TaskSpec } from '../core/task.ts';
import { Dispatcher, type DispatcherEvents } from '../dispatch/dispatcher.ts';
import { type Services, TIMED_OUT } from '../dispatch/services.ts';
import type { Executor } from '../executors/executor.ts';
import { CellExecutor } from '../executors/processes/cell-executor.ts';
import { ThreadExecutor } from '../executors/threads/thread-executor.ts';
import type { ResolvedOptions } from '../options/pool-options.ts';
import { Specs } from '../options/run-options.ts';
import { asOptionError } from '../options/thread-settings.ts';
import type { CourseHost } from '../policies/course-host.ts';
import { Courses } from '../policies/courses.ts';
import { Ledger } from '../policies/ledger.ts';
import { Limits } from '../policies/limits.ts';
import { Quarantine } from '../policies/quarantine.ts';
import { within } from '../policies/within.ts';
import { type KeepAlive, systemKeepAlive } from './keep-alive.ts';
import { abortedBefore, Lifecycle } from './lifecycle.ts';
import { Observers } from './observers.ts';
import { Routes, withoutFullness } from './routes.ts';
import { statsOf } from './stats.ts';

/** What a simulation puts in the place of the real world. */
export interface Seams {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly keepAlive?: KeepAlive;
  readonly executor?: (options: ResolvedOptions, clock: Clock, place: 'pool' | 'escalation') => Executor;
}

/** Joins the parts: accepts tasks, passes outcomes to their courses, and ends everything once. */
export class Manager {
  readonly clock: Clock;
  readonly emitter: Emitter = new Emitter();
  readonly tally: Tally = new Tally();
  readonly ledger: Ledger;
  readonly routes: Routes;
  readonly specs: Specs;
  readonly quarantine: Quarantine | undefined;
  readonly options: ResolvedOptions;
  readonly life: Lifecycle;
  readonly observers: Observers;
  readonly #limits: Limits;
  readonly #keepAlive: KeepAlive;
  readonly #services: Services;
  #nextId = 1;

  constructor(options: ResolvedOptions, seams: Seams = {}) {
    this.options = options;
    this.clock = seams.clock ?? systemClock;
    this.#keepAlive = seams.keepAlive ?? systemKeepAlive();
    const { clock, emitter, tally } = this;
    this.#services = { clock, emitter, tally, within: (promise, ms) => within(promise, ms, TIMED_OUT, clock) };
    // First, because it may throw: nothing has been started yet.
    this.observers = new Observers({
      metrics: options.metrics,
      emitter,
      clock,
      tally,
      stats: () => statsOf(this),
      quarantinedKeys: () => this.quarantine?.size ?? 0,
    });
    this.ledger = new Ledger((task, kind) => this.#settled(task, kind));
    this.quarantine = options.quarantine && new Quarantine({ key: undefined, ...options.quarantine }, clock, emitter);
    this.#limits = new Limits({
      clock,
      emitter,
      giveUp: (task, failure) => this.giveUp(task, failure),
      pollAll: () => this.routes.pollAll(),
    });
    const main = this.#begin(seams);
    this.routes = new Routes(main, () => {
      const services = { ...this.#services, emitter: withoutFullness(emitter) };
      const executor = (seams.executor ?? executorFor)(options, clock, 'escalation');
      return new Dispatcher(executor, { ...options, threads: options.cells ?? 1 }, services, this.#dispatcherEvents());
    });
    this.life = new Lifecycle({
      options,
      emitter,
      ledger: this.ledger,
      keepAlive: this.#keepAlive,
      atMost: (promise, ms) => this.#services.within(promise, ms),
      isReady: () => main.roster.health !== 'starting',
      giveUp: (task, failure) => this.giveUp(task, failure),
      stopThreads: () => this.routes.stop(),
    });
    this.specs = new Specs(options, tally, new Courses(this.#host(seams.random ?? Math.random)));
  }

  nextId(): number {
    return this.#nextId++;
  }

  /** Why a task cannot be accepted now, or `undefined`. `waits` is false for the items of a map: their window bounds them. */
  refusal(key: string | undefined, signal: AbortSignal | undefined, waits = true): Failure | undefined {
    const refusal = this.life.refusal();
    if (refusal !== undefined) return refusal;
    if (signal?.aborted) return abortedBefore(signal);
    const { maxQueue } = this.options;
    if (waits && maxQueue !== Number.POSITIVE_INFINITY && this.routes.main.survey.waiting() >= maxQueue)
      return { kind: 'rejected', error: new QueueFullError(maxQueue) };
    const quarantined = key === undefined ? undefined : this.quarantine?.refusal(key);
    return quarantined && { kind: 'quarantined', error: quarantined };
  }

  /** Counts a task that was refused before it existed. */
  refused(spec: TaskSpec, kind: FailureKind): void {
    spec.tally.submitted++;
    spec.tally.rejected.add(kind);
  }

  /** From here on the task settles exactly once. */
  accept(task: Task, signal?: AbortSignal): void {
    if (this.ledger.open === 0) this.#keepAlive.hold();
    this.ledger.accept(task);
    const { limits, course } = task.spec;
    if (signal !== undefined || limits.queue !== Number.POSITIVE_INFINITY || limits.total !== Number.POSITIVE_INFINITY)
      this.#limits.guard(task, signal);
    course.begin(task);
    // Last: whoever hears of a probe may abort it, or close the pool.
    if (task.key !== undefined) this.quarantine?.letIn(task.key);
  }

  /** Settles a task from outside its course, and stops what it still has queued or running. */
  giveUp(task: Task, failure: Failure): void {
    if (task.state !== 'open') return;
    task.spec.course.cancelled(task);
    this.ledger.reject(task, failure);
  }

  /** Starts the first threads. @throws {InvalidOptionError} `ERR_INVALID_OPTION` if Node takes none with these options; then nothing is left */
  #begin(seams: Seams): Dispatcher {
    try {
      const executor = (seams.executor ?? executorFor)(this.options, this.clock, 'pool');
      return new Dispatcher(executor, this.options, this.#services, this.#dispatcherEvents());
    } catch (error) {
      this.observers.metrics.close();
      this.#keepAlive.close();
      throw asOptionError(error);
    }
  }

  #dispatcherEvents(): DispatcherEvents {
    return {
      timedOut: (attempt) => this.#timedOut(attempt),
      failed: (attempt, failure) => this.#failed(attempt, failure),
      overdue: (attempt, now) => this.#limits.overdue(attempt.task, now),
      gaveUp: (thread, attempt) => this.observers.deaths.gaveUp(thread, attempt),
      died: (thread, exit, reason, guilty) => this.observers.deaths.died(thread, exit, reason, guilty),
      poolFailed: (error) => this.life.fail(error),
    };
  }

  #host(random: Random): CourseHost {
    const { clock, emitter, tally, routes, ledger } = this;
    return {
      clock,
      random,
      emitter,
      tally,
      escalates: this.options.isolation === 'escalate',
      submit: (attempt) => routes.of(attempt).submit(attempt),
      cancel: (attempt, mode) => routes.of(attempt).cancel(attempt, mode),
      started: (attempt) => routes.of(attempt).started(attempt),
      runs: (attempt) => routes.of(attempt).survey.runs(attempt),
      convict: (attempt) => routes.of(attempt).convict(attempt),
      running: () => routes.running(),
      leisure: () => routes.main.survey.leisure(),
      fulfil: (task, value) => ledger.fulfil(task, value),
      reject: (task, failure) => ledger.reject(task, failure),
    };
  }

  #timedOut(attempt: Attempt): void {
    const { spec, id } = attempt.task;
    const milliseconds = spec.limits.run;
    this.emitter.emit('timeout', { taskId: id, name: spec.name, phase: 'run', milliseconds, attempt: attempt.number });
    this.#failed(attempt, { kind: 'timeout', error: new TimeoutError('run', milliseconds) });
  }

  #failed(attempt: Attempt, failure: Failure): void {
    const { spec } = attempt.task;
    spec.tally.attemptsFailed.add(failure.kind);
    spec.course.failed(attempt, failure);
  }

  #settled(task: Task, kind: FailureKind | undefined): void {
    const last = this.ledger.open === 0;
    // Whoever is swept settles too, and the last of them comes here as the last.
    if (task.key !== undefined && this.quarantine?.settled(task.key, kind)) this.#sweep(task.key);
    if (!last) return;
    this.#keepAlive.release();
    this.life.drained();
  }

  /** A key was closed: its tasks that have not begun are refused as well. */
  #sweep(key: string): void {
    for (const task of this.ledger) {
      if (task.key !== key || task.spec.course.started(task)) continue;
      const error = this.quarantine!.refusal(key);
      if (error === undefined) this.quarantine!.letIn(key);
      else this.giveUp(task, { kind: 'quarantined', error });
    }
  }
}

function executorFor(options: ResolvedOptions, clock: Clock, place: 'pool' | 'escalation'): Executor {
  if (place === 'escalation') return cellsFor(options, 1, clock);
  if (options.isolation !== 'process') return new ThreadExecutor(options, clock);
  return cellsFor(options, Math.ceil(options.threads / Math.min(options.threads, options.cells ?? options.threads)), clock);
}

function cellsFor(options: ResolvedOptions, threadsPerCell: number, clock: Clock): Executor {
  return new CellExecutor({ ...options, threadsPerCell }, clock);
}
