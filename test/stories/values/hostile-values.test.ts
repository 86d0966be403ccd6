import assert from 'node:assert/strict';
import { oneIn } from '../../soak.ts';
import { failure, open } from '../stage.ts';

const test = oneIn(4, import.meta.url);

const HOSTILE_RESULTS = ['returnFunction', 'returnTrap', 'returnDoubleTrap', 'returnClaimant'] as const;
/** To ask a revoked proxy whether it is a promise throws already. */
const HOSTILE_ERRORS = ['throwProxy', 'throwFoundling', 'throwHostileList', 'returnRevoked'] as const;

test('a result that fights back is a clone error, and its thread serves on', async (t) => {
  const pool = open(t, { spares: 0, retry: false });
  const thread = await pool.run(0, { name: 'threadId' });
  for (const name of HOSTILE_RESULTS) {
    const error = await failure(pool.run(undefined as never, { name }));
    assert.equal(error.code, 'ERR_TASK_NOT_CLONEABLE', name);
    assert.equal((error as { direction?: string }).direction, 'result', name);
    assert.equal(await pool.run(0, { name: 'threadId' }), thread, name);
  }
});

test('an error that fights back arrives as far as it can be read, and its thread serves on', async (t) => {
  const pool = open(t, { spares: 0, retry: false });
  const thread = await pool.run(0, { name: 'threadId' });
  for (const name of HOSTILE_ERRORS) {
    const error = await failure(pool.run(undefined as never, { name }));
    assert.ok(error instanceof Error, name);
    assert.equal(await pool.run(0, { name: 'threadId' }), thread, name);
  }
});

test('a hostile result among good ones that travel with it spoils none of them', async (t) => {
  const pool = open(t, { spares: 0, retry: false });
  for (let i = 0; i < 100; i++) await pool.run(i); // Until tasks travel in bundles.
  const bad = HOSTILE_RESULTS.map((name) => failure(pool.run(undefined as never, { name })));
  const good = Array.from({ length: 40 }, (_, n) => pool.run(n));
  const worse = HOSTILE_ERRORS.map((name) => failure(pool.run(undefined as never, { name })));
  assert.deepEqual(
    await Promise.all(good),
    good.map((_, n) => n),
  );
  await Promise.all([...bad, ...worse]);
});

test('a result whose cloning never ends is a time-out, one whose cloning exits a crash; neighbours are unharmed', async (t) => {
  const pool = open(t, { retry: false, terminateTimeout: 100 });
  for (let i = 0; i < 100; i++) await pool.run(i);
  const endless = failure(pool.run(undefined as never, { name: 'returnEndlessGetter', timeout: 50 }));
  const before = Array.from({ length: 20 }, (_, n) => pool.run(n));
  const exiting = failure(pool.run(undefined as never, { name: 'returnExitingGetter' }));
  const after = Array.from({ length: 20 }, (_, n) => pool.run(n));
  assert.equal((await endless).code, 'ERR_TASK_TIMEOUT');
  assert.equal((await exiting).code, 'ERR_WORKER_CRASHED');
  await Promise.all([...before, ...after]);
});
