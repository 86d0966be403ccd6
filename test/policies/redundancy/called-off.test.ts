import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../../src/index.ts';

test('a copy that waits when its task has failed is never sent, though a listener to that end submits another task', async (t) => {
  const filename = new URL('../../fixtures/votes/inputs.js', import.meta.url);
  const pool = new Pool<typeof import('../../fixtures/votes/inputs.ts')>({ filename, threads: 1, spares: 0 });
  t.after(() => pool.close());
  await pool.ready();
  let after: Promise<unknown> | undefined;
  pool.on('drain', () => {
    after ??= pool.run('after');
  });
  await assert.rejects(
    pool.run(() => 1, { redundancy: { replicas: 3, quorum: 2, maxReplicas: 3 } }),
    { code: 'ERR_TASK_NOT_CLONEABLE' },
  );
  assert.equal(await after, 'after');
  assert.deepEqual(await pool.run(undefined as never, { name: 'inputs' }), ['after']);
});
