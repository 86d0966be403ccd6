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

/** The kinds that one attempt can end with; the others are decided before or above attempts. */
export type AttemptFailureKind = 'error' | 'crash' | 'oom' | 'timeout' | 'clone' | 'startup' | 'aborted';

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
