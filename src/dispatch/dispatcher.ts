import { WorkerCrashError } from '../core/errors.ts';
import type { ExitReason } from '../core/events.ts';
import type { Failure } from '../core/failure.ts';
import type { Attempt } from '../core/task.ts';
import type { Executor, Exit, ThreadEvents } from '../executors/executor.ts';
import { autopsy } from './autopsy.ts';
import { Backlog } from './backlog.ts';
import { RecoveryBudget } from './budget.ts';
import { Feeder } from './feeder.ts';
import { Fences, locate } from './fences.ts';
import { Intake } from './intake.ts';
import { Pace } from './pace.ts';
import type { Fence, PoolThread } from './pool-thread.ts';
import { type RestartOptions, Restarts } from './restarts.ts';
import { Roster, type RosterOptions } from './roster.ts';
import type { Services } from './services.ts';
import { Watchdog } from './watchdog.ts';

export interface DispatcherOptions extends RosterOptions {
  readonly abortGrace: number;
  readonly retryBudget: number;
  readonly restart: RestartOptions;
  readonly recycle: { readonly tasks: number; readonly heapMb: number };
}

export interface DispatcherEvents {
  /** An attempt ran into its run time-out. */
  timedOut(attempt: Attempt): void;
  failed(attempt: Attempt, failure: Failure): void;
  /** True if the attempt's task was settled because its time is over. */
  overdue(attempt: Attempt, now: number): boolean;
  died(thread: PoolThread, exit: Exit, reason: ExitReason, guilty: Attempt | undefined): void;
  poolFailed(error: unknown): void;
}

/** Which attempt goes where and when: joins queue, threads, clocks and blame. */
export class Dispatcher {
  readonly backlog: Backlog;
  readonly budget: RecoveryBudget;
  readonly pace: Pace = new Pace();
  readonly roster: Roster;
  readonly #options: DispatcherOptions;
  readonly #services: Services;
  readonly #events: DispatcherEvents;
  readonly #feeder: Feeder;
  readonly #intake: Intake;
  readonly #fences: Fences;
  readonly #watchdog: Watchdog;

  constructor(executor: Executor, options: DispatcherOptions, services: Services, events: DispatcherEvents) {
    this.#options = options;
    this.#services = services;
    this.#events = events;
    this.budget = new RecoveryBudget(options.retryBudget);
    this.backlog = new Backlog(this.budget);
    this.#watchdog = new Watchdog(services.clock, (thread, attempt) => this.#timedOut(thread, attempt));
    this.#fences = new Fences(services.clock, options.abortGrace, {
      stop: (thread, reason) => this.roster.stop(thread, reason),
      needed: () => this.backlog.size > 0,
    });
    this.#feeder = new Feeder({
      backlog: this.backlog,
      pace: this.pace,
      services,
      watchdog: this.#watchdog,
      roster: () => this.roster,
      events: {
        uncloneable: (attempt, error) => this.#fail(attempt, { kind: 'clone', error }),
        overdue: (attempt, now) => events.overdue(attempt, now),
      },
    });
    this.#intake = new Intake(services, this.pace, this.budget, {
      failed: (attempt, failure) => this.#fail(attempt, failure),
      fencedEnded: (thread, attempt) => {
        if (thread.fence?.attempt === attempt) this.#fences.lift(thread);
      },
      bundleDone: (thread) => this.#bundleDone(thread),
    });
    this.roster = new Roster(executor, options, services, new Restarts(options.restart, services.clock), {
      messages: (thread) => this.#messages(thread),
      serving: () => this.#feeder.plan(),
      died: (thread, exit, reason) => this.#died(thread, exit, reason),
      failed: (error) => events.poolFailed(error),
    });
  }

  submit(attempt: Attempt): void {
    this.backlog.push(attempt);
    this.#feeder.plan();
  }

  /** Whether the attempt has begun to run. */
  started(attempt: Attempt): boolean {
    if (attempt.state === 'ended') return true;
    const thread = attempt.state === 'sent' || attempt.state === 'fenced' ? this.#threadOf(attempt) : undefined;
    for (const bundle of thread?.bundles ?? []) {
      const index = bundle.attempts.indexOf(attempt);
      if (index >= 0) return index < thread!.standing(bundle).claimed;
    }
    return false;
  }

  /** Gives an attempt up. One that waits leaves; one that runs is stopped, or left to end as a surplus. */
  cancel(attempt: Attempt, mode: Fence['mode']): void {
    if (attempt.state === 'queued') this.backlog.remove(attempt);
    const wasSent = attempt.state === 'sent';
    attempt.state = 'fenced';
    const thread = wasSent ? this.#threadOf(attempt) : undefined;
    if (thread === undefined) return;
    this.#feeder.revoke(thread, () => {
      const place = thread.phase === 'serving' ? locate(thread, attempt) : undefined;
      if (place !== undefined) this.#fences.put(thread, place.bundle, place.index, mode, 'aborted');
    });
    this.#feeder.plan();
  }

  /** Ends a thread after its current task. */
  retire(thread: PoolThread, reason: ExitReason): void {
    if (thread.phase === 'spare') this.roster.stop(thread, reason);
    if (thread.phase !== 'serving') return;
    thread.retiring ??= reason;
    this.#feeder.revoke(thread, () => this.#retireIfIdle(thread));
  }

  /** Tasks that were accepted and have not begun, beyond what idle threads will take at once. */
  waiting(): number {
    let waiting = this.backlog.size;
    for (const thread of this.roster.slots) {
      if (thread === undefined) continue;
      waiting += thread.unclaimed();
      if (thread.idle && thread.open) waiting--;
    }
    return waiting;
  }

  /** Takes in whatever has arrived; to be called before anyone is convicted by a timer. */
  pollAll(): void {
    for (const thread of this.roster.threads) thread.handle.poll();
  }

  stop(): Promise<number> {
    this.#feeder.stop();
    return this.roster.stopAll();
  }

  #threadOf(attempt: Attempt): PoolThread | undefined {
    for (const thread of this.roster.threads) if (thread.key === attempt.threadKey) return thread;
    return undefined;
  }

  #messages(thread: PoolThread): Omit<ThreadEvents, 'ready' | 'exited'> {
    return {
      done: (bundle, from, values, times, failed) => this.#intake.done(thread, bundle, from, values, times, failed),
      progress: (number, index, value) => {
        const attempt = thread.bundles.find((bundle) => bundle.number === number)?.attempts[index];
        if (attempt?.state === 'sent') attempt.task.extras?.onProgress?.(value);
        else this.#intake.late(thread, attempt?.task.id ?? -1, attempt?.number ?? 0);
      },
      lateError: (taskId, attempt, error) => this.#lateError(thread, taskId, attempt, error),
      unreadable: () => this.#unreadable(thread),
      garbage: () => this.#intake.late(thread, -1, 0),
    };
  }

  #fail(attempt: Attempt, failure: Failure): void {
    attempt.state = 'ended';
    this.#events.failed(attempt, failure);
  }

  #bundleDone(thread: PoolThread): void {
    if (thread.phase !== 'serving') return;
    const { tasks, heapMb } = this.#options.recycle;
    if (thread.finished >= tasks || (thread.handle.memory ?? 0) > heapMb * 1_048_576) this.#recycle(thread);
    if (thread.retiring !== undefined) this.#retireIfIdle(thread);
    else this.#feeder.feed(thread);
  }

  #retireIfIdle(thread: PoolThread): void {
    if (thread.idle && thread.phase === 'serving') this.roster.retire(thread, thread.retiring!);
  }

  /** A thread that has served its time goes on until its successor is ready. */
  #recycle(thread: PoolThread): void {
    if (this.roster.spare(() => true) === undefined) this.roster.startSuccessor();
    else this.retire(thread, 'recycled');
  }

  #timedOut(thread: PoolThread, attempt: Attempt): void {
    const fenced = attempt.state !== 'sent';
    attempt.state = 'fenced';
    this.budget.spend(attempt.task.spec.limits.run, attempt.recovery);
    this.#feeder.revoke(thread, () => {
      const place = thread.phase === 'serving' ? locate(thread, attempt) : undefined;
      if (place !== undefined) this.#fences.put(thread, place.bundle, place.index, 'stop', 'timeout');
    });
    attempt.startedAt = thread.handle.itemStartedAt;
    if (!fenced) this.#events.timedOut(attempt);
  }

  #lateError(thread: PoolThread, taskId: number, attempt: number, error: unknown): void {
    this.#services.tally.lateErrors++;
    const { slot, generation, threadId } = thread;
    this.#services.emitter.emit('lateError', { slot, generation, threadId, taskId, attempt, error });
    this.retire(thread, 'lateError');
  }

  /** A message with results came that cannot be read. Alone in its bundle, an item is known to be the cause; otherwise each gets a bundle. */
  #unreadable(thread: PoolThread): void {
    const bundle = thread.bundles[0];
    const attempt = bundle?.attempts[bundle.reported];
    if (bundle !== undefined && attempt !== undefined) {
      if (bundle.attempts.length === 1) {
        const cause = new Error('The result arrived in a form that cannot be read back.');
        if (attempt.state === 'sent')
          this.#fail(attempt, {
            kind: 'clone',
            error: new WorkerCrashError('ERR_WORKER_CRASHED', cause.message, { threadId: thread.threadId }),
          });
      } else {
        for (const one of bundle.attempts) one.placement = { ...one.placement, alone: true };
      }
    }
    this.roster.stop(thread, 'crash');
  }

  #died(thread: PoolThread, exit: Exit, reason: ExitReason): boolean {
    this.#watchdog.forget(thread);
    this.#fences.lift(thread);
    const { guilty, interrupted, untouched, lateTask } = autopsy(thread, exit, reason);
    thread.bundles.length = 0;
    this.#events.died(thread, exit, reason, guilty);
    if (lateTask !== undefined && lateTask >= 0) {
      const { slot, generation, threadId } = thread;
      const error = exit.error ?? new Error(`Its leftovers ended the thread with process.exit(${exit.exitCode}).`);
      this.#services.tally.lateErrors++;
      this.#services.emitter.emit('lateError', { slot, generation, threadId, taskId: lateTask, attempt: 0, error });
    }
    const again: Attempt[] = [];
    for (const attempt of interrupted) {
      if (attempt.task.spec.idempotent && attempt.task.extras?.transferList === undefined) again.push(attempt);
      else this.#fail(attempt, crashOf(thread, exit, 'The thread died while the task ran, and the task may not be started twice'));
    }
    this.#feeder.giveBack([...again, ...untouched]);
    if (guilty !== undefined) {
      this.budget.spend(this.#services.clock.now() - thread.handle.itemStartedAt, guilty.recovery);
      guilty.startedAt = Math.max(guilty.startedAt, thread.handle.itemStartedAt);
      this.#fail(guilty, crashOf(thread, exit, 'The task killed its thread'));
    }
    return guilty !== undefined || (lateTask ?? -1) >= 0;
  }
}

function crashOf(thread: PoolThread, exit: Exit, what: string): Failure {
  const { threadId } = thread;
  const { exitCode, signal, error: cause } = exit;
  if (exit.cause === 'oom') {
    const message =
      'The task used up the memory limit of its thread. Raise resourceLimits.maxOldGenerationSizeMb, or give it smaller pieces.';
    return { kind: 'oom', error: new WorkerCrashError('ERR_WORKER_OUT_OF_MEMORY', message, { exitCode, threadId, signal, cause }) };
  }
  const how =
    signal !== undefined
      ? `signal ${signal}`
      : cause instanceof Error
        ? `uncaught ${cause.name}: ${cause.message}`
        : `exit code ${exitCode}`;
  return { kind: 'crash', error: new WorkerCrashError('ERR_WORKER_CRASHED', `${what}: ${how}.`, { exitCode, threadId, signal, cause }) };
}
