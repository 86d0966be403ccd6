import type { Clock, KeepAlive } from '../core/clock.ts';
import type { Moment } from '../core/counting/moment.ts';
import { Pressure } from '../core/counting/pressure.ts';
import type { Tally } from '../core/counting/tally.ts';
import { QueueFullError } from '../core/errors.ts';
import type { Emitter } from '../core/events.ts';
import type { Failure, FailureKind, RefusalReason } from '../core/failure.ts';
import { forget, isThenable } from '../core/foreign/promises.ts';
import type { Task, TaskSpec } from '../core/task.ts';
import type { Watchers } from '../core/watchers.ts';
import type { ResolvedOptions } from '../options/pool-options.ts';
import { placesOf } from '../options/threads.ts';
import { Ledger } from '../policies/ledger.ts';
import { Limits } from '../policies/limits.ts';
import { Quarantine } from '../policies/quarantine.ts';
import type { MapHost } from '../stream/map-task.ts';
import { KeyedTasks } from './keyed-tasks.ts';
import { abortedBefore, type GivesUp, type Lifecycle } from './lifecycle.ts';
import type { Routes } from './routes.ts';
import { type Given, RunTask, type Settle } from './run-task.ts';
import type { Traces } from './view/traces.ts';

export interface AdmissionParts {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly emitter: Emitter;
  readonly moment: Moment;
  readonly tally: Tally;
  readonly traces: Traces | undefined;
  readonly keepAlive: KeepAlive;
  readonly watchers: Watchers;
}

/** Accepts and refuses tasks, and does what follows when one has settled. */
export class Admission implements GivesUp {
  readonly ledger: Ledger;
  readonly limits: Limits;
  readonly pressure: Pressure;
  readonly #parts: AdmissionParts;
  #life!: Lifecycle;
  #routes!: Routes;
  readonly #quarantine: Quarantine | undefined;
  readonly #keyed = new KeyedTasks();
  #nextId = 1;
  /** The program is kept alive: from the first open task until the last has settled. */
  #holding = false;
  /** The task that is being given up, if none of its attempts has begun. */
  #untried: Task | undefined;

  constructor(parts: AdmissionParts) {
    const { options, clock, emitter, moment, traces } = parts;
    this.#parts = parts;
    this.pressure = new Pressure(placesOf(options.threads), options.maxQueue, (needed, open) =>
      emitter.emit('needsDrain', { needed, open }),
    );
    this.ledger = new Ledger(moment, (task, kind, error) => {
      traces?.settled(task, kind, error);
      if (kind !== undefined) this.#tellRejected(task.id, task.spec.name, { kind, error });
      this.#settled(task, kind);
    });
    this.#quarantine = options.quarantine && new Quarantine({ key: undefined, ...options.quarantine }, clock, emitter);
    this.limits = new Limits({
      clock,
      emitter,
      giveUp: (task, failure) => this.giveUp(task, failure),
      pollAll: () => this.#routes.pollAll(),
    });
  }

  /** To be called once, before the first task comes. */
  open(life: Lifecycle, routes: Routes): void {
    this.#life = life;
    this.#routes = routes;
  }

  /** Keys that are refused now. */
  get quarantinedKeys(): number {
    return this.#quarantine?.size ?? 0;
  }

  /** One call of `run`: makes its task, or rejects with the reason why not. @throws what the user's `quarantine.key` throws */
  run(spec: TaskSpec, input: unknown, resolve: Settle['resolve'], reject: Settle['reject'], given?: Given): void {
    const key = given?.key ?? this.#keyOf(input, spec);
    const refusal = this.#refusal(key, given?.signal);
    if (refusal !== undefined) {
      this.#refused(spec, refusal);
      reject(refusal.error);
      return;
    }
    const now = this.#parts.clock.now();
    this.accept(new RunTask(this.#nextId++, spec, input, now, key, resolve, reject, given), given?.signal);
    this.#routes.main.handOver(); // The caller may keep this thread busy from now on: an idle thread is given the task at once.
  }

  /** What a map needs, whose items are made from this spec. Its window bounds them, so `maxQueue` does not. */
  forMap(spec: TaskSpec, key: string | undefined): MapHost {
    return {
      spec,
      now: () => this.#parts.clock.now(),
      nextId: () => this.#nextId++,
      keyOf: (input) => key ?? this.#keyOf(input, spec),
      refusal: (itsKey) => {
        const refusal = this.#refusal(itsKey, undefined, false);
        if (refusal !== undefined) this.#refused(spec, refusal);
        return refusal;
      },
      ended: () => this.#life.refusal(),
      whenEnded: (callback) => this.#life.whenEnded(callback),
      accept: (task) => this.accept(task),
      giveUp: (task, failure) => this.giveUp(task, failure),
    };
  }

  /** From here on the task settles exactly once. */
  accept(task: Task, signal?: AbortSignal): void {
    if (!this.#holding) {
      this.#holding = true;
      this.#parts.keepAlive.hold();
    }
    this.ledger.accept(task);
    this.#parts.traces?.accepted(task);
    const { limits, course } = task.spec;
    if (signal !== undefined || limits.queue !== Number.POSITIVE_INFINITY || limits.total !== Number.POSITIVE_INFINITY)
      this.limits.guard(task, signal);
    if (task.key !== undefined && this.#quarantine !== undefined) this.#keyed.add(task.key, task);
    course.begin(task);
    // Last, because a listener to `quarantine` may abort the probe, or close the pool.
    if (task.key !== undefined) this.#quarantine?.letIn(task.key, task.id);
    this.pressure.rose(this.ledger.open);
  }

  /** Settles a task from outside its course, and stops what it still has queued or running. */
  giveUp(task: Task, failure: Failure): void {
    if (task.state !== 'open') return;
    if (task.key !== undefined && !task.spec.course.started(task)) this.#untried = task;
    task.spec.course.cancelled(task, failure.kind);
    this.ledger.reject(task, failure);
    if (this.#untried === task) this.#untried = undefined;
  }

  /** Why a task cannot be accepted now, or `undefined`. */
  #refusal(key: string | undefined, signal: AbortSignal | undefined, waits = true): Failure | undefined {
    const refusal = this.#life.refusal();
    if (refusal !== undefined) return refusal;
    if (signal?.aborted) return abortedBefore(signal);
    const { maxQueue } = this.#parts.options;
    if (waits && maxQueue !== Number.POSITIVE_INFINITY && this.#routes.waiting() >= maxQueue)
      return { kind: 'rejected', error: new QueueFullError(maxQueue) };
    const quarantined = key === undefined ? undefined : this.#quarantine?.refusal(key);
    return quarantined && { kind: 'quarantined', error: quarantined };
  }

  /** Counts a task that was refused before it existed. */
  #refused(spec: TaskSpec, failure: Failure): void {
    this.#parts.tally.refused.add(reasonOf(failure));
    this.#tellRejected(-1, spec.name, failure);
  }

  /** A task has settled with an error, or was refused: then its number is -1. */
  #tellRejected(taskId: number, name: string, { kind, error }: Failure): void {
    const { watchers } = this.#parts;
    if (watchers.ofFailures) watchers.rejected({ taskId, name, kind, error });
  }

  #keyOf(input: unknown, { name, module }: TaskSpec): string | undefined {
    const key: unknown = this.#parts.options.quarantine?.key?.(input as never, { name, module });
    if (!isThenable(key)) return key === undefined ? undefined : String(key);
    forget(key);
    throw new TypeError('quarantine.key(task): Expected a string. Got a promise. It must answer at once.');
  }

  #settled(task: Task, kind: FailureKind | undefined): void {
    if (task.key !== undefined) this.#keyed.remove(task.key, task);
    if (task.key !== undefined && this.#quarantine?.settled(task.key, task.id, kind, this.#untried !== task)) this.#sweep(task.key);
    this.pressure.fell(this.ledger.open);
    // A settlement may settle others before it is seen here: a map that fails gives its other items up, a key that closes is swept. So several may
    // find no task open, and a listener may have had a new one accepted. Only the first that finds none lets go.
    if (this.ledger.open > 0 || !this.#holding) return;
    this.#holding = false;
    this.#parts.keepAlive.release();
    this.#life.drained();
  }

  /** A key was closed: its tasks that have not begun are refused as well. */
  #sweep(key: string): void {
    for (const task of this.#keyed.of(key)) {
      if (task.state !== 'open' || task.spec.course.started(task)) continue;
      const error = this.#quarantine!.refusal(key);
      if (error === undefined) this.#quarantine!.letIn(key, task.id);
      else this.giveUp(task, { kind: 'quarantined', error });
    }
  }
}

/** Why a task was refused before it existed, as it is counted. */
function reasonOf({ kind, error }: Failure): RefusalReason {
  if (kind === 'quarantined' || kind === 'aborted') return kind;
  if (kind === 'startup') return 'failed';
  return error instanceof QueueFullError ? 'queue_full' : 'closed';
}
