import assert from 'node:assert/strict';
import { first, oneIn } from '../../../soak.ts';
import { storm, stormPlan } from './storm.ts';

const test = oneIn(3, import.meta.url);

const SEED = 5;
const plan = stormPlan(SEED, 0.02);

const SETTINGS = [
  [3, 3, 2],
  [2, { replicas: 2, quorum: 2, maxReplicas: 5 }, 2],
  [1, { replicas: 2, quorum: 2, maxReplicas: 5 }, 2],
  [2, { replicas: 3, quorum: 3, maxReplicas: 6 }, 3],
] as const;

for (const [threads, redundancy, quorum] of first(1, SETTINGS)) {
  test(`crashes, hangs and wrong results: a quorum behind every answer, ${threads} threads, ${JSON.stringify(redundancy)}, seed ${SEED}`, async () => {
    const tasks = threads === 1 ? 60 : 150;
    const { right, rejected, exits } = await storm(tasks, plan, { threads, redundancy }, quorum);
    assert.ok(right >= 0.95 * tasks, `${right} answered, ${rejected.size} rejected`);
    for (const reason of ['outvoted', 'timeout', 'crash'])
      if (threads > 1) assert.ok((exits[reason] ?? 0) > 0, `it did happen: ${reason} among ${Object.keys(exits)}`);
  });
}
