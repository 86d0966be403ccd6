import {
  AbortError,
  NoQuorumError,
  NotCloneableError,
  PoolClosedError,
  PoolFailedError,
  QuarantinedError,
  QueueFullError,
  TimeoutError,
  WorkerCrashError,
} from '../../../src/core/errors.ts';
import type { AttemptRecord } from '../../../src/core/failure.ts';
import { BrokenShouldRetry } from '../caller/draw-options.ts';
import { explain } from '../explain.ts';
import type { World } from '../world/world.ts';
import { Answer, type Outcome, type Start, type TaskTruth, Thrown } from './truth.ts';

/** What a rejection says; `undefined` if a pool may not give it. */
export function outcomeOf(error: unknown): Outcome | undefined {
  if (error instanceof Thrown || error instanceof BrokenShouldRetry) return 'error';
  if (error instanceof NoQuorumError) return 'conflict';
  if (error instanceof AbortError) return 'aborted';
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof PoolClosedError) return 'closed';
  if (error instanceof PoolFailedError) return 'startup';
  if (error instanceof QueueFullError) return 'rejected';
  if (error instanceof QuarantinedError) return 'quarantined';
  if (error instanceof NotCloneableError) return 'clone';
  if (error instanceof WorkerCrashError) return error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'oom' : 'crash';
  return error instanceof Error && 'uid' in error ? 'error' : undefined;
}

/** Why this task should not have been given this value; `undefined` if all is well. */
export function wrongValue(truth: TaskTruth, value: unknown): string | undefined {
  if (!(value instanceof Answer)) return `${String(value)}, which nobody made`;
  const { start } = value;
  if (start.task !== truth) return `the answer of task ${start.task.uid}`;
  if (start.fate !== 'returned') return `the answer of an attempt whose fate was: ${start.fate}`;
  return truth.failed?.has(start.attempt) ? `the answer of attempt ${start.attempt}, which had been given up` : undefined;
}

/** Why this task should not have been rejected like that; `undefined` if all is well. */
export function wrongRejection(truth: TaskTruth, error: unknown, outcome: Outcome, world: World, closeCalled: boolean): string | undefined {
  const history = truth.task?.history ?? [];
  for (const record of history) {
    const fault = explain(truth, record, world);
    if (fault !== undefined) return `its history says attempt ${record.attempt} failed by ${record.kind}, and ${fault}`;
  }
  switch (outcome) {
    case 'aborted':
      if (truth.abortedAt < 0) return truth.map?.left ? undefined : 'nobody aborted it';
      return (error as AbortError).cause === truth.controller?.signal.reason ? undefined : 'the cause is not the reason of the signal';
    case 'closed':
      return closeCalled ? undefined : 'nobody closed the pool';
    case 'rejected':
      return truth.accepted || truth.starts.length > 0 ? 'it had been accepted' : undefined;
    case 'quarantined':
      return truth.starts.length > 0 ? 'it had been started' : undefined;
    case 'timeout': {
      const { phase } = error as TimeoutError;
      return phase === 'run' ? lastIs(truth, history, 'timeout') : early(truth, phase, world.timeline.now());
    }
    case 'error':
      if (error instanceof BrokenShouldRetry) return undefined;
      return (error as Thrown).uid === truth.uid ? lastIs(truth, history, 'error') : 'the error is that of another task';
    case 'crash':
    case 'oom':
    case 'clone':
      return lastIs(truth, history, outcome);
    default:
      return undefined;
  }
}

/** Where several attempts run side by side another one may have failed since. */
function lastIs({ rules }: TaskTruth, history: readonly AttemptRecord[], kind: string): string | undefined {
  const last = history.at(-1);
  if (rules.vote !== undefined || rules.hedge !== undefined)
    return history.some((record) => record.kind === kind) ? undefined : `none of its attempts failed by ${kind}`;
  return last?.kind === kind ? undefined : `its last attempt failed by ${last?.kind}`;
}

function early(truth: TaskTruth, phase: 'queue' | 'total', now: number): string | undefined {
  const waited = now - truth.submittedAt;
  if (waited < truth.limits[phase] - 1e-6) return `only ${waited} of ${truth.limits[phase]} ms had passed`;
  if (phase === 'queue' && truth.starts.length > 0) return `it had been started at ${truth.starts[0]!.at}`;
  if (truth.rules.vote !== undefined) return undefined; // One result is not enough.
  const here = truth.starts.find(
    (one) => one.fate === 'returned' && one.arrived && !one.mangled && isAwaited(truth, one) && !isInVain(truth, one),
  );
  return here === undefined ? undefined : `its result had arrived at ${here.postedAt}`;
}

function isAwaited({ failed }: TaskTruth, { attempt, repeated, unheard }: Start): boolean {
  return !repeated && !unheard && failed?.has(attempt) !== true;
}

/**
 * The copy in a race returned what cannot be cloned: that harms no task, and its original runs on, perhaps until the time is over. If the original
 * had failed before (the attempt made before the copy's), the copy had taken its place, and what became of it is the task's answer.
 */
function isInVain({ rules, task }: TaskTruth, { attempt, replica }: Start): boolean {
  if (rules.hedge === undefined || replica === 0) return false;
  const history = task?.history ?? [];
  const at = history.findIndex((record) => record.attempt === attempt && record.kind === 'clone');
  return at >= 0 && !history.slice(0, at).some((record) => record.attempt === attempt - 1);
}
