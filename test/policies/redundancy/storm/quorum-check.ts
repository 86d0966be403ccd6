import assert from 'node:assert/strict';
import { FAILURE_OF, type FaultPlan } from '../../../../src/faults/index.ts';
import type { Ballot, PoolEvents } from '../../../../src/index.ts';
import type { Run } from './run-log.ts';
import type { Trial } from './trial.ts';

/**
 * Holds verdicts against what the threads themselves wrote down: a task that was answered has a quorum of right runs on different
 * threads, and no thread has run it twice.
 */
export function assertQuorums({ tasks, rejected, log }: Trial, plan: FaultPlan, quorum: number): void {
  const runs = log.byTask();
  for (let id = 1; id <= tasks; id++) {
    const ballots = runs.get(id) ?? [];
    assert.equal(distinct(ballots), ballots.length, `task ${id}: two ballots from one thread`);
    if (rejected.has(id)) continue;
    const right = ballots.filter((run) => isRight(plan, run));
    assert.ok(distinct(right) >= quorum, `task ${id}: answered with ${distinct(right)} right ballots`);
  }
}

/** What an event says was decided by a quorum had one among its ballots, and what it says had none, had none. */
export function assertVerdict({ taskId, verdict, ballots }: PoolEvents['conflict'], quorum: number): void {
  const votes = new Map<string, Ballot[]>();
  for (const ballot of ballots) {
    const key = JSON.stringify(ballot.value);
    votes.set(key, [...(votes.get(key) ?? []), ballot]);
  }
  assert.ok(votes.size > 1, `task ${taskId}: a conflict with one opinion`);
  assert.equal(new Set(ballots.map(({ threadId }) => threadId)).size, ballots.length, `task ${taskId}: two ballots from one thread`);
  const most = Math.max(...[...votes.values()].map(({ length }) => length));
  // The ballot that comes after the verdict is reported with that of the winner alone.
  const isLate = verdict === 'quorum' && ballots.length === 2 && most === 1;
  if (!isLate) assert.equal(most >= quorum, verdict === 'quorum', `task ${taskId}: ${verdict} with ${most} equal ballots`);
}

/** The plan let this run end with the right result: what the fault does, if there is one, comes after or beside it. */
function isRight(plan: FaultPlan, { taskId, attempt, replica }: Run): boolean {
  const fault = plan.faultOf(taskId, attempt, replica);
  return fault === undefined || (fault !== 'corrupt' && FAILURE_OF[fault] === undefined);
}

const distinct = (runs: readonly Run[]): number => new Set(runs.map(({ threadId }) => threadId)).size;
