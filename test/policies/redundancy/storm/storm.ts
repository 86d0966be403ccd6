import assert from 'node:assert/strict';
import { type FaultPlan, faultPlan } from '../../../../src/faults/index.ts';
import type { PoolOptions } from '../../../../src/index.ts';
import { assertQuorums, assertVerdict } from './quorum-check.ts';
import { type Trial, trial } from './trial.ts';

/** Everything that can happen to a copy, at once. */
export const stormPlan = (seed: number, share: number): FaultPlan =>
  faultPlan({
    seed,
    corrupt: 2 * share,
    throw: share / 4,
    crash: share / 2,
    exit: share / 2,
    hang: share / 8,
    never: share / 8,
    slow: share,
    slowBy: 5,
    late: share / 4,
  });

/** The only errors that a task may end with here: its own, or an honest account of what happened to its copies. */
const HONEST = new Set(['ERR_NO_QUORUM', 'ERR_INJECTED_FAULT', 'ERR_WORKER_CRASHED', 'ERR_TASK_TIMEOUT']);

/** Runs tasks in a storm, and checks every answer and every verdict. */
export async function storm(tasks: number, plan: FaultPlan, options: Partial<PoolOptions>, quorum: number): Promise<Trial> {
  const errors: unknown[] = [];
  const one = await trial(tasks, plan, { timeout: 100, retry: { retries: 4, minTimeout: 1, maxTimeout: 10 }, ...options }, (pool) => {
    pool.on('conflict', (event) => {
      try {
        assertVerdict(event, quorum);
      } catch (error) {
        errors.push(error); // A listener's fault is no fault of the pool.
      }
    });
  });
  assert.deepEqual(errors, []);
  assert.deepEqual(one.wrong, [], 'no wrong answer');
  const codes = [...one.rejected.values()];
  assert.ok(
    codes.every((code) => HONEST.has(code)),
    String([...new Set(codes)]),
  );
  assertQuorums(one, plan, quorum);
  return one;
}
