import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soaked } from '../../../soak.ts';
import { storm, stormPlan } from './storm.ts';

const SEED = Number(process.env.HOLDFAST_SEED ?? 1);
const TASKS = soaked(20_000);

for (const share of [0.001, 0.01]) {
  const plan = stormPlan(SEED, share);
  for (const [threads, redundancy, quorum] of [
    [3, 3, 2],
    [2, { replicas: 2, quorum: 2 }, 2],
    [4, { replicas: 4, quorum: 3, maxReplicas: 8 }, 3],
  ] as const) {
    test(`a storm of ${share}: a quorum behind every answer, ${threads} threads, ${JSON.stringify(redundancy)}, seed ${SEED}`, async () => {
      const { right, rejected, copies, exits, seconds } = await storm(TASKS, plan, { threads, redundancy }, quorum);
      const codes: Record<string, number> = {};
      for (const code of rejected.values()) codes[code] = (codes[code] ?? 0) + 1;
      console.log(
        `${right} right, rejected ${JSON.stringify(codes)}, ${copies} copies a task, exits ${JSON.stringify(exits)}, ${seconds.toFixed(1)} s`,
      );
      assert.ok(right >= (1 - 2 * share) * TASKS);
    });
  }
}
