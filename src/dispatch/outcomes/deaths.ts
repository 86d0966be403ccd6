import { types } from 'node:util';
import { NEIGHBOUR, NotCloneableError, WorkerCrashError } from '../../core/errors.ts';
import type { ThreadExitReason } from '../../core/events.ts';
import type { AttemptEnd, Failure } from '../../core/failure.ts';
import { messageOf } from '../../core/foreign/message.ts';
import type { Attempt } from '../../core/task.ts';
import type { Exit } from '../../executors/executor.ts';
import type { RecoveryBudget } from '../queue/budget.ts';
import type { Services } from '../services.ts';
import type { PoolThread } from '../threads/pool-thread.ts';
import type { AttemptEnds } from './attempt-ends.ts';
import { autopsy } from './autopsy.ts';
import { tellLateError } from './late.ts';
import type { TakesBack } from './outcomes-host.ts';
import { sentence } from './sentence.ts';
import { lostWork } from './told-work.ts';
import type { DeathWitness } from './witnesses.ts';

const LOST_MEMORY = 'The thread died before the task began, and the memory that moved to it is lost';

/** What follows from a death: one attempt is blamed for it, the others run again at no cost. */
export class Deaths {
  readonly #services: Services;
  readonly #budget: RecoveryBudget;
  readonly #ends: AttemptEnds;
  readonly #takeBack: Pick<TakesBack, 'giveBack'>;
  readonly #reports: DeathWitness;

  constructor(parts: {
    readonly services: Services;
    readonly budget: RecoveryBudget;
    readonly ends: AttemptEnds;
    readonly takeBack: Pick<TakesBack, 'giveBack'>;
    readonly reports: DeathWitness;
  }) {
    this.#services = parts.services;
    this.#budget = parts.budget;
    this.#ends = parts.ends;
    this.#takeBack = parts.takeBack;
    this.#reports = parts.reports;
  }

  /** Settles what the thread held, and says whether a task is to blame. */
  settle(thread: PoolThread, exit: Exit, reason: ThreadExitReason): 'blamed' | 'innocent' {
    // It may live on, and is never to begin what it has not begun, not even what cannot be had back.
    if (thread.phase === 'orphan')
      for (const { number, state } of thread.bundles) if (state === 'sent') thread.handle.revoke(number, () => {});
    const { guilty, interrupted, untouched, unread, stray, lateTask } = autopsy(thread, exit, reason);
    this.#tellLost(thread, reason);
    const fate = guilty && sentence(thread, exit, guilty, unread);
    this.#count(thread, guilty, fate === 'again' ? 'interrupted' : exit.cause === 'oom' ? 'oom' : 'crash');
    thread.bundles.length = 0;
    this.#reports.report(thread, exit, reason, guilty);
    if (lateTask !== undefined && lateTask >= 0) this.#lateExit(thread, exit, lateTask);
    // Mark all first: failing one may close a quarantine key, and tasks not marked as begun would then be refused.
    for (const attempt of guilty === undefined || unread ? interrupted : [guilty, ...interrupted]) attempt.begin();
    const again: Attempt[] = [];
    for (const attempt of interrupted) {
      // If it is not so innocent, that will show.
      if (exit.cause === 'node' || exit.blame.of === 'mail') attempt.lose();
      else attempt.travelAlone();
      if (attempt.mayRunTwice) again.push(attempt);
      else this.#fail(attempt, crashOf(thread, exit, 'The thread died while the task ran, and the task may not be started twice'));
    }
    const alone = untouched.every(({ travelsAlone }) => travelsAlone);
    for (const attempt of untouched) {
      if (unread) attempt.part(alone);
      if (!attempt.movesMemory) again.push(attempt);
      else this.#fail(attempt, crashOf(thread, exit, LOST_MEMORY));
    }
    if (guilty !== undefined && fate === 'again') {
      if (unread) guilty.part(true);
      else guilty.excuse();
      again.push(guilty);
    }
    if (exit.cause === 'node') this.#services.tally.nodeReruns += again.length + (guilty === undefined ? 0 : 1);
    this.#takeBack.giveBack(again);
    if (fate === 'lost') this.#fail(guilty!, crashOf(thread, exit, LOST_MEMORY));
    else if (fate === 'refused') this.#refuse(guilty!);
    else if (fate === 'charged' || fate === 'doubted') {
      const now = this.#services.clock.now();
      const startedAt = unread ? now : thread.handle.itemStartedAt;
      this.#budget.spend(now - startedAt, guilty!.recovery);
      guilty!.begin(Math.max(guilty!.startedAt, startedAt));
      this.#fail(guilty!, crashOf(thread, exit, 'The task killed its thread', true, fate === 'doubted'));
    }
    return guilty !== undefined || unread || stray || (lateTask ?? -1) >= 0 ? 'blamed' : 'innocent';
  }

  #tellLost(thread: PoolThread, reason: ThreadExitReason): void {
    const { watchers, clock } = this.#services;
    const lost = watchers.ofWork ? lostWork(thread, clock.now(), reason) : undefined;
    if (lost !== undefined) watchers.lost(lost);
  }

  /** Everything that had begun there has ended now. */
  #count(thread: PoolThread, guilty: Attempt | undefined, ofGuilty: AttemptEnd): void {
    const now = this.#services.clock.now();
    const items = [...thread.untold()].map(({ attempt, bundle, runs }) => {
      const end = attempt === guilty ? ofGuilty : attempt.mayRunTwice ? 'interrupted' : 'crash';
      return { attempt, end: thread.holds(attempt, bundle) ? end : this.#ends.of(attempt), runs, bundle };
    });
    const finished = items.filter(({ runs }) => !runs);
    if (finished.length > 0) this.#ends.endedUntold(thread, finished, thread.untoldSince(finished[0]!.bundle));
    for (const { attempt, end, runs, bundle } of items)
      if (runs) this.#ends.ended(thread, bundle, attempt, end, thread.handle.itemStartedAt, now);
  }

  /** A settled task's leftovers called `process.exit`. */
  #lateExit(thread: PoolThread, exit: Exit, taskId: number): void {
    const error = exit.error ?? new Error(`Its leftovers ended the thread with process.exit(${exit.exitCode}).`);
    tellLateError(this.#services, thread, taskId, 0, error);
  }

  /** Its input could be sent, and not be read. */
  #refuse(attempt: Attempt): void {
    attempt.endUnsent();
    const why =
      'it arrived in a form that cannot be read. It is nested too deeply for the stack of a thread (resourceLimits.stackSizeMb), too large, or of a kind that cannot reach another process';
    attempt.task.spec.course.failed(attempt, { kind: 'clone', error: new NotCloneableError('argument', new Error(why)) });
  }

  #fail(attempt: Attempt, failure: Failure): void {
    attempt.end();
    attempt.task.spec.course.failed(attempt, failure);
  }
}

/** @param itself it is the task's own doing: one that had no part in it has not used up any memory */
function crashOf(thread: PoolThread, exit: Exit, what: string, itself = false, neighbour = false): Failure {
  const { threadId } = thread;
  const { exitCode, signal, node, error: cause } = exit;
  if (node !== undefined) {
    const message = `The task was lost with its node: ${messageOf(cause)}`;
    return { kind: 'crash', error: new WorkerCrashError('ERR_WORKER_CRASHED', message, { exitCode, threadId, signal, node, cause }) };
  }
  if (itself && exit.cause === 'oom') {
    const message =
      'The task used up the memory limit of its thread. Raise resourceLimits.maxOldGenerationSizeMb, or give it smaller pieces.' +
      (neighbour ? NEIGHBOUR : '');
    return { kind: 'oom', error: new WorkerCrashError('ERR_WORKER_OUT_OF_MEMORY', message, { exitCode, threadId, signal, cause }) };
  }
  const how =
    signal !== undefined
      ? `signal ${signal}`
      : types.isNativeError(cause)
        ? `uncaught ${cause.name}: ${cause.message}`
        : `exit code ${exitCode}`;
  return { kind: 'crash', error: new WorkerCrashError('ERR_WORKER_CRASHED', `${what}: ${how}.`, { exitCode, threadId, signal, cause }) };
}
