import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptsOf } from '../../src/index.ts';
import { compiled } from '../fixtures/deep.ts';
import { drawn } from '../soak.ts';
import { failure, open } from './stage.ts';

for (const isolation of drawn(1, ['thread', 'process'] as const)) {
  test(`an input that does not fit into the memory of its thread fails its own task, with isolation: '${isolation}'`, async (t) => {
    const pool = open(t, { isolation, resourceLimits: { maxOldGenerationSizeMb: 16 }, restart: { intensity: 3 } });
    const large = Array.from({ length: 400_000 }, (_, n) => ({ n }));
    const before = await Promise.all([1, 2].map((n) => pool.run(n)));
    const [error, ...beside] = await Promise.all([failure(pool.run(large)), ...[3, 4, 5].map((n) => pool.run(n))]);
    assert.deepEqual([...before, ...beside], [1, 2, 3, 4, 5]);
    assert.equal(error.code, 'ERR_WORKER_OUT_OF_MEMORY');
    assert.deepEqual(
      attemptsOf(error).map(({ kind }) => kind),
      ['oom', 'oom'],
    );
    assert.equal(await pool.run(6), 6);
  });
}

test('an input that can be sent and not be read fails its own task, in a process', async (t) => {
  const pool = open(t, { isolation: 'process', threads: 1, restart: { intensity: 3 } });
  const all = await Promise.allSettled([1, compiled(), 2, compiled(), 3].map((input) => pool.run(input)));
  assert.deepEqual(
    all.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as { code: string }).code)),
    [1, 'ERR_TASK_NOT_CLONEABLE', 2, 'ERR_TASK_NOT_CLONEABLE', 3],
  );
  assert.equal(await pool.run(4), 4);
});

test('an input that is nested too deeply for the stack of its thread fails its own task', async (t) => {
  const pool = open(t, { resourceLimits: { stackSizeMb: 1 }, restart: { intensity: 3 } });
  const nested = (depth: number): unknown => Array.from({ length: depth }).reduce((inner) => [inner], []);
  for (let depth = 1_000; depth <= 6_000; depth += 500) {
    const [input, beside] = await Promise.allSettled([pool.run(nested(depth)), pool.run(depth)]);
    if (input.status === 'rejected') assert.equal((input.reason as { code: string }).code, 'ERR_TASK_NOT_CLONEABLE', `${depth} deep`);
    assert.deepEqual(beside, { status: 'fulfilled', value: depth });
  }
});
