import assert from 'node:assert/strict';
import { Pool } from '../../src/index.ts';
import { oneIn } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../fixtures/misdeeds/deadly.js', import.meta.url);

test('with escalation, what follows a crash runs in a cell; the rest stays on threads', async () => {
  const pool = new Pool({ filename, isolation: 'escalate', threads: 1, retry: 2 });
  assert.equal(await pool.run(undefined, { name: 'pid' }), process.pid);
  const elsewhere = await pool.run(undefined, { name: 'pidAfterCrash' });
  assert.notEqual(elsewhere, process.pid);
  assert.equal(await pool.run(undefined, { name: 'pid' }), process.pid);
  assert.equal(pool.health(), 'ok');
  const { completed, dropped, killed } = await pool.close();
  assert.deepEqual({ completed, dropped, killed }, { completed: 0, dropped: 0, killed: 0 });
});
