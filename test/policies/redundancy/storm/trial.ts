import assert from 'node:assert/strict';
import type { FaultPlan } from '../../../../src/faults/index.ts';
import { Pool, type PoolOptions } from '../../../../src/index.ts';
import { type Answer, answer } from './answer.ts';
import { RunLog } from './run-log.ts';

const filename = new URL('../../../fixtures/votes/ballots.js', import.meta.url);
type Task = typeof import('../../../fixtures/votes/ballots.ts');

/** What came of tasks under a fault plan. */
export interface Trial {
  readonly tasks: number;
  readonly right: number;
  /** Ids of the tasks that were answered wrongly. */
  readonly wrong: readonly number[];
  /** Ids of the tasks that were rejected, with the code of the error. */
  readonly rejected: ReadonlyMap<number, string>;
  readonly log: RunLog;
  /** Copies that ran to the end, per task. */
  readonly copies: number;
  /** The same, and those that the pool had run a second time because their results did not come soon enough. */
  readonly runs: number;
  /** Threads that were replaced, by reason. */
  readonly exits: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Runs tasks under a plan and counts their answers. Every task must settle. */
export async function trial(
  tasks: number,
  faults: FaultPlan,
  options: Partial<PoolOptions> = {},
  watch: (pool: Pool<Task>) => void = () => {},
): Promise<Trial> {
  const log = RunLog.for(tasks * 12 + 1_000);
  const exits: Record<string, number> = {};
  const wrong: number[] = [];
  const rejected = new Map<number, string>();
  let right = 0;
  let began: number;
  {
    await using pool = new Pool<Task>({ filename, threads: 3, spares: 1, workerData: { log: log.buffer }, faults, ...options });
    pool.on('workerExit', ({ reason }) => {
      exits[reason] = (exits[reason] ?? 0) + 1;
    });
    watch(pool);
    await pool.ready();
    began = performance.now();
    // The window keeps taking tasks in their order, so that task n has the id n + 1, which the plan knows it by.
    for await (const one of pool.mapSettled(Array(tasks).keys(), { ordered: false })) {
      const id = one.index + 1;
      if (one.status === 'rejected') rejected.set(id, String((one.reason as { code?: unknown }).code));
      else if (isRight(one.value, one.index)) right++;
      else wrong.push(id);
    }
    const { accepted, fulfilled, open } = pool.stats();
    assert.deepEqual({ accepted, fulfilled, open }, { accepted: tasks, fulfilled: right + wrong.length, open: 0 });
  }
  assert.equal(right + wrong.length + rejected.size, tasks, 'nothing lost, nothing settled twice');
  return {
    tasks,
    right,
    wrong,
    rejected,
    log,
    copies: log.attempts / tasks,
    runs: log.size / tasks,
    exits,
    seconds: (performance.now() - began) / 1000,
  };
}

function isRight(value: Answer, n: number): boolean {
  const { of, root } = answer(n);
  return value.of === of && value.root === root;
}
