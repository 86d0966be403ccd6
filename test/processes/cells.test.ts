import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { attemptsOf, Pool, type PoolOptions, WorkerCrashError } from '../../src/index.ts';
import { work } from '../fixtures/misdeeds/deadly.ts';
import { further, oneIn } from '../soak.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../fixtures/misdeeds/deadly.js', import.meta.url);
const open = (options: Partial<PoolOptions> = {}): Pool =>
  new Pool({ filename, isolation: 'process', threads: 2, retry: 0, terminateTimeout: 1_000, ...options });

/** Starts a task that stays, and resolves with the process it runs in. */
function stay(pool: Pool, options = {}): { pid: Promise<number>; result: Promise<unknown> } {
  let told!: (pid: number) => void;
  const pid = new Promise<number>((resolve) => {
    told = resolve;
  });
  const result = pool.run(undefined, { name: 'stay', onProgress: told as (value: unknown) => void, ...options });
  result.catch(() => {});
  return { pid, result };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A pool is whole again when its threads and its spare are ready. An idle pool would let the process end meanwhile. */
async function whole(pool: Pool): Promise<void> {
  const stay = setInterval(() => {}, 60_000);
  while (pool.stats().threads.ready !== 2 || pool.stats().threads.spare !== 1) {
    await new Promise((resolve) => pool.once('workerStart', resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  clearInterval(stay);
}

for (const [name, signal] of [
  ['abort', 'SIGABRT'],
  ['segfault', 'SIGSEGV'],
] as const) {
  (name === 'abort' ? test : further)(`${name} costs the attempt that ran in the cell, and nothing else`, async () => {
    const pool = open();
    const innocents = Array.from({ length: 40 }, (_, n) => pool.run(n, { name: 'work' }));
    const error = await pool.run(undefined, { name }).then(
      () => assert.fail('the task killed its process'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof WorkerCrashError);
    assert.equal(error.signal, signal);
    assert.deepEqual(
      attemptsOf(error).map(({ kind }) => kind),
      ['crash'],
    );
    assert.deepEqual(
      await Promise.all(innocents),
      innocents.map((_, n) => work(n)),
    );
    await whole(pool);
    await pool.close();
  });
}

further('a cell that is killed: its task is charged, and retried elsewhere', async () => {
  const pool = open({ retry: 1 });
  const first = stay(pool);
  process.kill(await first.pid, 'SIGKILL');
  const second = await new Promise<number>((resolve) => {
    pool.once('retry', () => setImmediate(() => resolve(pool.stats().retries)));
  });
  assert.equal(second, 1);
  await pool.close({ force: true });
  await assert.rejects(first.result, { code: 'ERR_POOL_CLOSED' });
});

test('a cell that is stopped is found out by the run time-out, and killed', async () => {
  const pool = open({ timeout: 500 });
  const { pid, result } = stay(pool);
  const cell = await pid;
  process.kill(cell, 'SIGSTOP');
  await assert.rejects(result, { code: 'ERR_TASK_TIMEOUT' });
  await whole(pool);
  assert.equal(alive(cell), false);
  assert.equal(await pool.run(1), 1);
  await pool.close();
});

further('all cells killed at once: every task settles, and the pool is whole again', async () => {
  const pool = open({ retry: 3 });
  const pids = new Set<number>();
  while (pids.size < 2) for (const pid of await Promise.all([pool.run(0, { name: 'pid' }), pool.run(0, { name: 'pid' })])) pids.add(pid);
  const results = Array.from({ length: 60 }, (_, n) => pool.run(n, { name: 'work' }));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  assert.deepEqual(
    await Promise.all(results),
    results.map((_, n) => work(n)),
  );
  await whole(pool);
  await pool.close();
});

further('a cell that is killed while the pool closes does not hold it up', async () => {
  const pool = open();
  const { pid, result } = stay(pool, { timeout: 60_000 });
  const cell = await pid;
  const closed = pool.close();
  process.kill(cell, 'SIGKILL');
  await assert.rejects(result, { code: 'ERR_WORKER_CRASHED' });
  assert.deepEqual(await closed, { completed: 1, dropped: 0, killed: 0 });
});

further('when the parent is killed, its cells are gone', async () => {
  const program = `
    import { Pool } from '${new URL('../../src/index.js', import.meta.url).href}';
    const pool = new Pool({ filename: '${filename.href}', isolation: 'process', threads: 2, spares: 0 });
    await pool.ready();
    const pids = new Set();
    while (pids.size < 2) for (const pid of await Promise.all([pool.run(0, { name: 'pid' }), pool.run(0, { name: 'pid' })])) pids.add(pid);
    process.stdout.write(JSON.stringify([...pids]));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = (await once(parent.stdout!, 'data')) as [Buffer];
  const pids = JSON.parse(output.toString()) as number[];
  assert.equal(pids.every(alive), true);
  parent.kill('SIGKILL');
  while (pids.some(alive)) await new Promise((resolve) => setTimeout(resolve, 10));
});
