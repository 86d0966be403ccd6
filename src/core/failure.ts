/** What can happen to a task instead of a result; the table is in docs/errors.md. */
export type FailureKind = 'error' | 'crash' | 'oom' | 'timeout' | 'startup' | 'clone' | 'conflict' | 'aborted' | 'quarantined' | 'rejected';

export const FAILURE_KINDS: readonly FailureKind[] = [
  'error',
  'crash',
  'oom',
  'timeout',
  'startup',
  'clone',
  'conflict',
  'aborted',
  'quarantined',
  'rejected',
];

/**
 * How an attempt that had begun has ended:
 *
 * - `ok`: with a result
 * - `error`, `crash`, `oom`, `clone`: by that failure
 * - `startup`: the task module that it names did not load
 * - `timeout`: it ran longer than it may, or its task's whole time was over
 * - `aborted`: its task was given up: by its caller's signal, because the pool closed or failed, or because of its key
 * - `lost`: another copy of its task was faster, or had made it needless
 * - `interrupted`: through no fault of its own, by the death of its thread or because its result could not be had; it runs again, uncharged
 */
export type AttemptEnd = 'ok' | 'error' | 'crash' | 'oom' | 'timeout' | 'clone' | 'startup' | 'aborted' | 'lost' | 'interrupted';

export const ATTEMPT_ENDS: readonly AttemptEnd[] = [
  'ok',
  'error',
  'crash',
  'oom',
  'timeout',
  'clone',
  'startup',
  'aborted',
  'lost',
  'interrupted',
];

/** How the attempts of a task end that was given up with such a failure. */
export function endOfGivenUp(kind: FailureKind): AttemptEnd {
  return kind === 'timeout' ? 'timeout' : 'aborted';
}

/** Why a task was not accepted: as many wait as may, the pool is closed or has failed, its signal was aborted before, its key is in quarantine. */
export type RefusalReason = 'queue_full' | 'closed' | 'failed' | 'aborted' | 'quarantined';

export const REFUSAL_REASONS: readonly RefusalReason[] = ['queue_full', 'closed', 'failed', 'aborted', 'quarantined'];

/** How one attempt failed, with the error that becomes the task's if it is the last word. */
export interface Failure {
  readonly kind: FailureKind;
  readonly error: unknown;
}

/** One failed attempt, as `attemptsOf(error)` lists it. */
export interface AttemptRecord {
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Number of the copy, 0 unless the task is redundant or hedged. */
  readonly replica: number;
  /** Place of the thread in the pool; -1 if the attempt never reached one. */
  readonly slot: number;
  /** `worker.threadId` of the thread; -1 if the attempt never reached one. */
  readonly threadId: number;
  /** What happened. */
  readonly kind: FailureKind;
  /** When it started, or was found unable to; milliseconds since 1970. */
  readonly startedAt: number;
  /** How long it ran, in milliseconds; 0 if it never reached a thread. */
  readonly ms: number;
  /** The error that the task would have been rejected with, had this attempt been its last. */
  readonly error: unknown;
}

/** Why a thread was started. */
export type StartReason = 'first' | 'spare' | 'replacement' | 'demand';

/** Why a thread ended. */
export type ThreadExitReason =
  /** An error that nothing caught, or a signal. */
  | 'crash'
  /** `process.exit()`. */
  | 'exit'
  /** It reached its memory limit. */
  | 'oom'
  /** Its task exceeded its run time-out, and did not stop when asked. */
  | 'timeout'
  /** It left a bundle lying, without running anything: leftovers of a task block it. */
  | 'unresponsive'
  /** Its task was aborted, and did not stop when asked. */
  | 'aborted'
  /** It did not load the task module, or not in time. */
  | 'startup'
  /** Code that a settled task had left behind threw. */
  | 'lateError'
  /** Its result lost a vote. */
  | 'outvoted'
  /** It had run its number of tasks, or its heap had grown too large. */
  | 'recycled'
  /** It had nothing to do for `idleTimeout`. */
  | 'idle'
  /** It still ran a copy that was no longer needed, and another task needed the thread. */
  | 'reclaimed'
  /** The pool closed. */
  | 'closed'
  /** Its node was lost, or leaves, or was taken out of service. */
  | 'node'
  /** It was terminated and has not exited. */
  | 'orphan';
