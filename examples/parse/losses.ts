import type { FaultPlan } from '../../src/faults/index.ts';
import { type AttemptRecord, attemptsOf, type FailureKind, type Pool } from '../../src/index.ts';

/** What the faults have cost. */
export class Losses {
  /** Failed attempts that were followed by another, by kind. */
  readonly retries: Map<FailureKind, number> = new Map();
  /** Those of them that the plan did not ask for: time limits that were too short for a busy machine. */
  uninvited = 0;
  /** Files that were given twice the time. */
  doubled = 0;
  /** Milliseconds that threads spent on attempts that failed. */
  wasted = 0;
  threadsReplaced = 0;

  constructor(pool: Pool, plan: FaultPlan) {
    pool.on('retry', ({ taskId, failed }) => {
      const fault = plan.faultOf(taskId, failed.attempt, failed.replica);
      if (fault === undefined) this.uninvited++;
      this.#count(failed);
    });
    pool.on('workerExit', ({ reason }) => {
      if (reason !== 'closed') this.threadsReplaced++;
    });
  }

  /** The pool has given a file up, and it is handed in again with more time. */
  gaveUp(error: unknown): void {
    const last = attemptsOf(error).at(-1);
    if (last !== undefined) this.#count(last);
    this.doubled++;
  }

  get retriesInAll(): number {
    return [...this.retries.values()].reduce((sum, count) => sum + count, 0);
  }

  #count({ kind, ms }: AttemptRecord): void {
    this.retries.set(kind, (this.retries.get(kind) ?? 0) + 1);
    this.wasted += ms;
  }
}
