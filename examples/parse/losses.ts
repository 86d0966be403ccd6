import { type AttemptRecord, attemptsOf, type FailureKind, type Pool } from 'holdfast';
import type { AttemptFault, FaultPlan } from 'holdfast/faults';

/** What the plan had in store for an attempt; `none` if it failed all the same: its time limit was too short for a busy machine. */
type Cause = AttemptFault | 'none';

/** What the faults have cost. */
export class Losses {
  /** Failed attempts that were followed by another: how they failed, and why. */
  readonly retries: Map<FailureKind, Map<Cause, number>> = new Map();
  /** Files that were handed in again with twice the time. */
  doubled = 0;
  /** Milliseconds that threads spent on attempts that failed. */
  wasted = 0;
  threadsReplaced = 0;

  constructor(pool: Pool, plan: FaultPlan) {
    pool.on('retry', ({ taskId, failed }) => this.#count(failed, plan.faultOf(taskId, failed.attempt, failed.replica) ?? 'none'));
    pool.on('workerExit', ({ reason }) => {
      if (reason !== 'closed') this.threadsReplaced++;
    });
  }

  /** The pool has given a file up after its last allowed time-out. */
  gaveUp(error: unknown): void {
    const last = attemptsOf(error).at(-1);
    if (last !== undefined) this.#count(last, 'none');
    this.doubled++;
  }

  get retriesInAll(): number {
    let sum = 0;
    for (const causes of this.retries.values()) for (const count of causes.values()) sum += count;
    return sum;
  }

  #count({ kind, ms }: AttemptRecord, cause: Cause): void {
    const causes = this.retries.get(kind) ?? new Map<Cause, number>();
    this.retries.set(kind, causes.set(cause, (causes.get(cause) ?? 0) + 1));
    this.wasted += ms;
  }
}
