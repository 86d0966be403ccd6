import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { attemptsOf, Pool, type PoolOptions } from '../../../src/index.ts';
import { nextEvent, turn } from '../../next-event.ts';
import { first, further, oneIn } from '../../soak.ts';

const test = oneIn(4, import.meta.url);

const filename = new URL('../../fixtures/hedged.js', import.meta.url);
const gate = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

function open(gate: Int32Array): void {
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
}

async function opened(gate: Int32Array, to = 1): Promise<void> {
  while (Atomics.load(gate, 0) < to) await turn();
}

/** A pool that hedges after 10 ms, and has earned budget enough for a few copies. */
async function start(t: TestContext, options: Partial<PoolOptions> = {}): Promise<Pool> {
  const pool = new Pool({ filename, name: 'quick', threads: 2, hedge: { after: 10, budget: 1 }, ...options });
  t.after(() => pool.close({ force: true }));
  await pool.ready();
  await pool.run(200, { name: 'busy', hedge: { after: 60_000, budget: 1 } });
  return pool;
}

const hedges = async (pool: Pool): Promise<{ won: number; lost: number }> => {
  const text = await pool.metrics!.metrics();
  const count = (won: boolean): number =>
    [...text.matchAll(new RegExp(`hedges_total{.*won="${won}"} (\\d+)`, 'g'))].reduce((sum, [, value]) => sum + Number(value), 0);
  return { won: count(true), lost: count(false) };
};

for (const name of first(1, ['untilTold', 'untilSignalled'])) {
  test(`the copy wins, and the original is told: ${name}`, async (t) => {
    const pool = await start(t);
    const told = gate();
    const heard = nextEvent(pool, 'hedge');
    assert.equal(await pool.run(told, { name }), 'copy');
    await opened(told);
    assert.deepEqual({ ...(await heard), taskId: 0 }, { taskId: 0, name, attempt: 2, after: 10 });
    assert.deepEqual(await hedges(pool), { won: 1, lost: 0 });
    while (pool.stats().threads.busy > 0) await turn();
    assert.equal(pool.stats().threadStarts, 3, 'both threads and the spare: none was ended');
  });
}

further('the original wins, and its copy changes nothing', async (t) => {
  const pool = await start(t);
  const [shut, running] = [gate(), gate()];
  const result = pool.run([shut, running], { name: 'both' });
  await opened(running, 2);
  open(shut);
  const winner = await result;
  assert.ok(winner === 0 || winner === 1);
  const { won, lost } = await hedges(pool);
  assert.deepEqual([won, lost], winner === 1 ? [1, 0] : [0, 1]);
  assert.equal(pool.stats().fulfilled, 2, 'one settlement for each task');
});

test('a loser that does not listen keeps its thread while nobody needs it, and loses it when somebody does', async (t) => {
  const pool = await start(t);
  const exits: string[] = [];
  pool.on('workerExit', ({ reason }) => exits.push(reason));
  await pool.run(null, { name: 'stuck' });
  // One thread is enough for these: each is done before the next comes.
  for (let i = 0; i < 50; i++) assert.equal(await pool.run(i), i);
  assert.deepEqual([exits, pool.stats().threads.busy], [[], 1], 'the loser still runs');
  const shut = gate();
  const both = pool.run([shut, gate()], { name: 'both', hedge: false }); // It takes the other thread, and what comes next lies behind it.
  assert.equal(await pool.run('needs a thread'), 'needs a thread');
  while (exits.length === 0) await turn();
  assert.deepEqual(exits, ['reclaimed']);
  open(shut);
  assert.equal(await both, 0);
});

further('a loser whose thread was ended convicts nobody and is retried by nobody', async (t) => {
  const pool = await start(t, { spares: 0 });
  const exit = nextEvent(pool, 'workerExit');
  await pool.run(null, { name: 'stuck' });
  const shut = gate();
  const other = pool.run([shut, gate()], { name: 'both', hedge: false });
  assert.equal(await pool.run('needs a thread'), 'needs a thread');
  assert.equal((await exit).reason, 'reclaimed');
  open(shut);
  await other;
  assert.deepEqual([pool.stats().retries, pool.stats().rejected], [0, 0]);
  assert.equal(pool.health(), 'ok');
});

further('with one thread, or none that is idle, there is no copy', async (t) => {
  const pool = await start(t, { threads: 1 });
  pool.on('hedge', () => assert.fail('nowhere to run'));
  assert.equal(await pool.run(60, { name: 'busy' }), 60);
  assert.deepEqual(await hedges(pool), { won: 0, lost: 0 });
});

further('a budget of nothing is no copies; what was earned is what copies may cost', async (t) => {
  const none = new Pool({ filename, name: 'busy', threads: 2, hedge: { after: 1, budget: 0 } });
  t.after(() => none.close({ force: true }));
  for (let i = 0; i < 3; i++) assert.equal(await none.run(30), 30);
  assert.deepEqual(await hedges(none), { won: 0, lost: 0 });

  // The slowness lies in the task: every copy takes as long, and runs to its end unless it learns that it is not needed.
  const tight = new Pool({ filename, name: 'busy', threads: 2, hedge: { after: 5, budget: 0.05 } });
  t.after(() => tight.close({ force: true }));
  let copies = 0;
  tight.on('hedge', () => copies++);
  const tasks = 40;
  for (let i = 0; i < tasks; i++) await tight.run(15);
  assert.ok(copies >= 1 && copies <= 0.05 * tasks + 2, `${copies} copies of ${tasks} tasks that took the same time`);
});

further('a copy that crashes harms nobody', async (t) => {
  const pool = await start(t);
  const shut = gate();
  const result = pool.run(shut, { name: 'copyCrashes' });
  assert.equal((await nextEvent(pool, 'workerExit')).reason, 'exit');
  open(shut);
  assert.equal(await result, 'original');
  assert.equal(pool.stats().retries, 0);
});

test('where the original crashes, its copy is the retry', async (t) => {
  const pool = await start(t);
  const [begun, shut] = [gate(), gate()];
  const result = pool.run([begun, shut], { name: 'originalCrashes' });
  assert.equal((await nextEvent(pool, 'workerExit')).reason, 'exit');
  open(shut);
  assert.equal(await result, 'copy');
  assert.equal(pool.stats().retries, 0);
});

further('where both crash, retries go on; without them the task fails with both attempts in its history', async (t) => {
  const pool = await start(t);
  assert.equal(await pool.run(gate(), { name: 'bothCrash' }), 'retry');
  const error = await pool.run(gate(), { name: 'bothCrash', retry: false }).catch((reason: unknown) => reason);
  assert.equal((error as { code?: string }).code, 'ERR_WORKER_CRASHED');
  assert.deepEqual(
    attemptsOf(error)
      .map(({ replica, kind }) => `${replica} ${kind}`)
      .sort(),
    ['0 crash', '1 crash'],
  );
});

/** Both attempts of a task run, and neither ends by itself. */
async function racing(pool: Pool, options: Parameters<Pool['run']>[1] = {}): Promise<{ result: Promise<unknown> }> {
  const running = gate();
  const result = pool.run([gate(), running], { name: 'both', ...options });
  result.catch(() => {});
  await opened(running, 2);
  return { result };
}

/** Nothing is left of it but a pool that works. */
async function assertWhole(pool: Pool): Promise<void> {
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => pool.run(n))), [1, 2, 3]);
  while (pool.stats().threads.busy > 0) await turn();
  assert.equal(pool.stats().open, 0);
}

further('an abort ends both', async (t) => {
  const pool = await start(t);
  const controller = new AbortController();
  const { result } = await racing(pool, { signal: controller.signal });
  controller.abort();
  await assert.rejects(result, { code: 'ERR_TASK_ABORTED' });
  await assertWhole(pool);
});

further('a deadline ends both', async (t) => {
  const pool = await start(t);
  const { result } = await racing(pool, { timeout: { total: 1_000 } });
  await assert.rejects(result, { code: 'ERR_TASK_TIMEOUT', phase: 'total' });
  await assertWhole(pool);
});

further('each attempt has its own run time-out, and the task one outcome', async (t) => {
  const pool = await start(t);
  const { result } = await racing(pool, { timeout: { run: 500 }, retry: false });
  const error = await result.catch((reason: unknown) => reason);
  assert.equal((error as { code?: string }).code, 'ERR_TASK_TIMEOUT');
  assert.deepEqual(
    attemptsOf(error).map(({ kind }) => kind),
    ['timeout', 'timeout'],
  );
  await assertWhole(pool);
});

test('a pool that is closed by force drops the task and ends both', async (t) => {
  const pool = await start(t);
  const { result } = await racing(pool);
  const report = await pool.close({ force: true });
  await assert.rejects(result, { code: 'ERR_POOL_CLOSED' });
  assert.deepEqual([report.dropped, report.killed], [1, 2]);
});

further('a pool that closes waits for the winner, and not for the loser', async (t) => {
  const pool = await start(t);
  const result = pool.run(null, { name: 'stuck' });
  const { completed, dropped } = await pool.close();
  assert.equal(typeof (await result), 'number');
  assert.deepEqual([completed, dropped], [1, 0]);
});
