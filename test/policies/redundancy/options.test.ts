import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool, type RunOptions } from '../../../src/index.ts';
import { hedgeRules, redundancyRules } from '../../../src/options/competition.ts';

const filename = new URL('../../fixtures/tasks.js', import.meta.url);

test('a number is a majority of so many copies', () => {
  const rules = { equal: 'exact', resolve: undefined };
  assert.deepEqual(redundancyRules(3, 'redundancy'), { ...rules, replicas: 3, quorum: 2, maxReplicas: 5 });
  assert.deepEqual(redundancyRules(4, 'redundancy'), { ...rules, replicas: 4, quorum: 3, maxReplicas: 6 });
  assert.deepEqual(redundancyRules({ replicas: 2, quorum: 2 }, 'redundancy'), { ...rules, replicas: 2, quorum: 2, maxReplicas: 4 });
  assert.deepEqual(redundancyRules({ replicas: 2, equal: { rel: 0.1 } }, 'redundancy'), {
    ...rules,
    replicas: 2,
    quorum: 2,
    maxReplicas: 4,
    equal: { abs: 0, rel: 0.1 },
  });
  assert.equal(redundancyRules(false, 'redundancy'), false);
});

test('a hedge comes after the 95th percentile, within a twentieth of the load, unless something else is said', () => {
  assert.deepEqual(hedgeRules({}, 'hedge'), { after: 'p95', budget: 0.05 });
  assert.deepEqual(hedgeRules({ after: 20, budget: 0.5 }, 'hedge'), { after: 20, budget: 0.5 });
  assert.equal(hedgeRules(false, 'hedge'), false);
});

const bad: readonly (readonly [options: object, message: RegExp])[] = [
  [{ redundancy: 1 }, /redundancy: Expected a whole number of copies, at least 2. Got 1/],
  [{ redundancy: 2.5 }, /at least 2. Got 2.5/],
  [{ redundancy: Number.NaN }, /Got NaN/],
  [{ redundancy: true }, /redundancy: Expected false, a number of copies, or an object of rules. Got true/],
  [{ redundancy: '3' }, /Got '3'/],
  [{ redundancy: {} }, /redundancy.replicas: Expected a whole number of copies/],
  [{ redundancy: { replicas: 3, copies: 3 } }, /redundancy.copies: Expected a known option/],
  [
    { redundancy: { replicas: 4, quorum: 2 } },
    /redundancy.quorum: Expected more than half of replicas \(4\), and not more than all. Got 2/,
  ],
  [{ redundancy: { replicas: 3, quorum: 1 } }, /more than half of replicas \(3\)/],
  [{ redundancy: { replicas: 3, quorum: 4 } }, /not more than all. Got 4/],
  [{ redundancy: { replicas: 3, maxReplicas: 2 } }, /redundancy.maxReplicas: Expected at least replicas \(3\). Got 2/],
  [{ redundancy: { replicas: 3, equal: 'loose' } }, /redundancy.equal: Expected 'exact', { abs, rel } or a function/],
  [{ redundancy: { replicas: 3, equal: { abs: -1 } } }, /redundancy.equal.abs: Expected a number from 0/],
  [{ redundancy: { replicas: 3, equal: { rel: 1 } } }, /redundancy.equal.rel: Expected a number from 0/],
  [{ redundancy: { replicas: 3, equal: { ulp: 1 } } }, /redundancy.equal.ulp: Expected a known option \(abs, rel\)/],
  [{ redundancy: { replicas: 3, resolve: 'mean' } }, /redundancy.resolve: Expected 'median' or a function/],
  [{ redundancy: 3, idempotent: false }, /redundancy: Expected a task that may be started more than once. Got idempotent: false/],
  [{ redundancy: 3, hedge: {} }, /redundancy, hedge: Expected one of them. Got both/],
  [{ hedge: true }, /hedge: Expected false, or an object { after, budget }. Got true/],
  [{ hedge: { after: 'p99' } }, /hedge.after: Expected 'p95' or a whole number of milliseconds. Got 'p99'/],
  [{ hedge: { after: 0 } }, /hedge.after: Expected a whole number of milliseconds, at least 1. Got 0/],
  [{ hedge: { budget: 2 } }, /hedge.budget: Expected a number from 0 to 1. Got 2/],
  [{ hedge: {}, idempotent: false }, /hedge: Expected a task that may be started more than once/],
];

for (const [options, message] of bad) {
  test(`new Pool(${JSON.stringify(options)}) is refused`, () => {
    assert.throws(() => new Pool({ filename, ...options }), { code: 'ERR_INVALID_OPTION', message });
  });
}

test('run refuses the same, and a transfer list', async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 0 });
  const refused = (options: object, message: RegExp): Promise<void> =>
    assert.rejects(pool.run(1, options as RunOptions), { code: 'ERR_INVALID_OPTION', message });
  for (const [options, message] of bad) await refused(options, message);
  const transferList = [new ArrayBuffer(1)];
  await refused({ redundancy: 3, transferList }, /redundancy: Expected an input that can be sent more than once. Got a transferList/);
  await refused({ hedge: {}, transferList }, /hedge: Expected an input that can be sent more than once/);
});

test("a run's own options meet the pool's", async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 1, redundancy: 2 });
  await assert.rejects(pool.run(1, { idempotent: false }), /Set redundancy: false/);
  await assert.rejects(pool.run(1, { hedge: {} }), /Expected one of them/);
  assert.equal(await pool.run(1, { idempotent: false, redundancy: false }), 1);
  assert.equal(await pool.run(1, { redundancy: false, hedge: {} }), 1);
  assert.equal(await pool.run(1), 1);
  await using hedged = new Pool({ filename, threads: 1, spares: 1, hedge: {} });
  assert.equal(await hedged.run(1, { redundancy: 2 }), 1, 'copies take the place of the hedge');
});
