import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { faultPlan } from '../../../../src/faults/index.ts';
import { majorityOf } from '../../../../src/policies/redundancy/rules.ts';
import { soaked } from '../../../soak.ts';
import { copiesOfTwo, error, forecast, wrongOfThree } from './forecast.ts';
import { type Trial, trial } from './trial.ts';

// The table of docs/redundancy.md: what redundancy makes of results that are wrong at random.
const SEED = Number(process.env.HOLDFAST_SEED ?? 1);
const TASKS = soaked(100_000);
const TWO = { replicas: 2, quorum: 2 } as const;
const THREE = majorityOf(3);

const rows: string[] = [];
after(() => {
  console.log(`seed ${SEED}, ${TASKS} tasks in each line`);
  console.log(
    '| corrupt results | `redundancy` | wrong answers | at most | undecided | by formula | copies a task | runs a task | threads replaced |',
  );
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const row of rows) console.log(row);
});

function show(q: number, agree: boolean, setting: string, bounds: { wrong: number; copies: number }, one: Trial): void {
  const { wrong, rejected, copies, runs, exits, seconds } = one;
  const cells = [
    `${q * 100} %${agree ? ', all alike' : ''}`,
    setting,
    String(wrong.length),
    (bounds.wrong * TASKS).toFixed(1),
    String(rejected.size),
    bounds.copies.toFixed(4),
    copies.toFixed(4),
    runs.toFixed(4),
    String(exits.outvoted ?? 0),
  ];
  rows.push(`| ${cells.join(' | ')} |`);
  console.log(`${rows.at(-1)} ${seconds.toFixed(1)} s, exits ${JSON.stringify(exits)}`);
}

for (const q of [0.001, 0.01, 0.1]) {
  test(`${q * 100} % corrupt, without redundancy: as many wrong answers, seed ${SEED}`, async () => {
    const one = await trial(TASKS, faultPlan({ seed: SEED, corrupt: q }));
    show(q, false, 'none', { wrong: q, copies: 1 }, one);
    assert.ok(Math.abs(one.wrong.length / TASKS - q) <= error(q, TASKS));
  });

  for (const agree of [false, true]) {
    const plan = faultPlan({ seed: SEED, corrupt: q, agree });
    const kappa = agree ? 1 : 0;
    const bound = kappa * wrongOfThree(q);
    const alike = agree ? ', and the corrupt ones agree' : '';

    test(`${q * 100} % corrupt${alike}: \`redundancy: 3\`, seed ${SEED}`, async () => {
      const one = await trial(TASKS, plan, { redundancy: 3 });
      show(q, agree, '`3`', { wrong: bound, copies: 3 }, one);
      check(one, forecast(plan, TASKS, THREE), bound);
      // A third copy that has not begun when the first two agree never does; a conflict brings a fourth, and a fifth.
      assert.ok(one.copies <= 3 + 3 * q ** 2 * 2);
    });

    test(`${q * 100} % corrupt${alike}: two of two, seed ${SEED}`, async () => {
      const one = await trial(TASKS, plan, { redundancy: TWO });
      const expected = forecast(plan, TASKS, { ...majorityOf(2), ...TWO });
      show(q, agree, '`{ replicas: 2, quorum: 2 }`', { wrong: bound, copies: copiesOfTwo(q, agree) }, one);
      check(one, expected, bound);
      assert.equal(one.copies, expected.copies, 'each copy that was needed, and no other');
      assert.ok(Math.abs(one.copies - copiesOfTwo(q, agree)) <= error(2 * q, TASKS));
    });
  }
}

function check({ wrong, rejected }: Trial, expected: ReturnType<typeof forecast>, bound: number): void {
  assert.deepEqual(
    wrong.toSorted((a, b) => a - b),
    expected.wrong,
    'these, and no others',
  );
  assert.deepEqual(
    [...rejected.keys()].sort((a, b) => a - b),
    expected.undecided,
  );
  assert.ok([...rejected.values()].every((code) => code === 'ERR_NO_QUORUM'));
  assert.ok(wrong.length / TASKS <= bound + error(bound, TASKS), `${wrong.length} wrong, ${bound * TASKS} allowed`);
}
