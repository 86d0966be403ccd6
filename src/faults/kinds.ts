import type { FailureKind } from '../core/failure.ts';

/**
 * What can be made to happen to one attempt:
 * - `throw`, `reject`: the task throws at once, or its promise rejects
 * - `crash`: an uncaught exception while the task is pending
 * - `exit`: `process.exit` with a code that is not 0
 * - `hang`: a loop that never ends and never yields
 * - `never`: a promise that never settles; the thread's event loop is free
 * - `oom`: the thread's heap is filled up to its limit
 * - `slow`: the right outcome, but later (`slowBy`)
 * - `corrupt`: a wrong result that looks like a right one
 * - `late`: the right result; something that the task left behind throws afterwards (`lateAfter`)
 */
export type AttemptFault = 'throw' | 'reject' | 'crash' | 'exit' | 'hang' | 'never' | 'oom' | 'slow' | 'corrupt' | 'late';

/** Their order is the order of their shares on the scale of chance: to change it changes every plan. */
export const ATTEMPT_FAULTS: readonly AttemptFault[] = [
  'throw',
  'reject',
  'crash',
  'exit',
  'hang',
  'never',
  'oom',
  'slow',
  'corrupt',
  'late',
];

/** The failure kind that a pool should report for an attempt with this fault; `undefined` where the attempt returns a result. */
export const FAILURE_OF: Readonly<Record<AttemptFault, FailureKind | undefined>> = {
  throw: 'error',
  reject: 'error',
  crash: 'crash',
  exit: 'crash',
  hang: 'timeout',
  never: 'timeout',
  oom: 'oom',
  slow: undefined,
  corrupt: undefined,
  late: undefined,
};

/** Who meets a fault: the numbers that the decision is made from. */
export interface FaultSite {
  /** Number of the task in its pool, from 1. */
  readonly taskId: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Number of the copy; 0 unless the task is redundant or hedged. */
  readonly replica: number;
}
