import assert from 'node:assert/strict';
import { faultPlan } from '../../../../src/faults/index.ts';
import { majorityOf } from '../../../../src/policies/redundancy/rules.ts';
import { further, oneIn } from '../../../soak.ts';
import { forecast } from './forecast.ts';
import { trial } from './trial.ts';

const test = oneIn(3, import.meta.url);

const SEED = 20;
const TASKS = 600;
const TWO = { replicas: 2, quorum: 2, maxReplicas: 4 } as const;

for (const [what, redundancy, rules] of [
  ['three copies', 3, majorityOf(3)],
  ['two copies, a third where they differ', TWO, { ...majorityOf(2), ...TWO }],
] as const) {
  for (const agree of [false, true]) {
    const kept = agree === (rules.replicas === 2) ? test : further;
    kept(
      `${what}: ${agree ? 'corrupt copies that agree win where there are two of them' : 'not one wrong answer'}, seed ${SEED}`,
      async () => {
        const plan = faultPlan({ seed: SEED, corrupt: 0.03, agree });
        const expected = forecast(plan, TASKS, rules);
        const { wrong, rejected, copies } = await trial(TASKS, plan, { redundancy });
        assert.deepEqual(
          wrong.toSorted((a, b) => a - b),
          expected.wrong,
        );
        assert.equal(wrong.length > 0, agree);
        assert.deepEqual(
          [...rejected.keys()].sort((a, b) => a - b),
          expected.undecided,
        );
        assert.ok([...rejected.values()].every((code) => code === 'ERR_NO_QUORUM'));
        if (rules.replicas === 2) assert.equal(copies, expected.copies);
        // Which of the three run first is chance: two may agree before the one that differs has begun.
        else assert.ok(copies >= 2 && copies <= 3.01, `${copies} copies a task`);
      },
    );
  }
}

test(`without redundancy every corrupt result is delivered, seed ${SEED}`, async () => {
  const plan = faultPlan({ seed: SEED, corrupt: 0.03 });
  const { wrong } = await trial(TASKS, plan);
  assert.ok(wrong.length > 0);
  assert.equal(wrong.length, Array.from({ length: TASKS }, (_, i) => plan.faultOf(i + 1)).filter((fault) => fault === 'corrupt').length);
});
