import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptsOf } from '../../src/index.ts';
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
