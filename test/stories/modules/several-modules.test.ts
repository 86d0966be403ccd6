// One pool, several task modules: each is loaded in a thread when a task first needs it there. What is wrong with one of them is paid by its own tasks.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { attemptsOf, type CalledExport, Pool, type PoolOptions, TaskModuleError, TimeoutError } from '../../../src/index.ts';
import { first, oneIn } from '../../soak.ts';

const it = oneIn(4, import.meta.url);

const raw = (file: string): URL => new URL(`../../fixtures/raw/${file}`, import.meta.url);
const module = (file: string): URL => raw(`modules/${file}`);
const shared = (...values: number[]): Int32Array => {
  const words = new Int32Array(new SharedArrayBuffer(4 * values.length));
  words.set(values);
  return words;
};
const open = (options: PoolOptions = {}): Pool => new Pool({ threads: 1, spares: 0, ...options });
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};
const failure = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    (value) => assert.fail(`Expected it to fail. Got ${String(value)}.`),
    (error: Error) => error,
  );

for (const isolation of first(1, ['thread', 'process'] as const)) {
  describe(`several modules in one pool (isolation: '${isolation}')`, () => {
    it('run and map call the module that they name, and the pool needs none of its own', async () => {
      await using pool = open({ isolation, threads: 2 });
      await pool.ready();
      assert.equal(await pool.run(4, { filename: module('named-only.mjs'), name: 'double' }), 8);
      assert.equal(await pool.run(4, { filename: module('late-names.cjs').href, name: 'triple' }), 12);
      assert.deepEqual(await all(pool.map([1, 2], { filename: module('named-only.mjs'), name: 'triple' })), [3, 6]);
      const many = Array.from({ length: 200 }, (_, i) =>
        pool.run(i, { filename: module(i % 2 ? 'named-only.mjs' : 'late-names.cjs'), name: 'double' }),
      );
      assert.deepEqual(
        await Promise.all(many),
        Array.from({ length: 200 }, (_, i) => 2 * i),
      );
    });

    it('a module that does not load harms its own tasks only, and never the pool', async () => {
      const deaths: string[] = [];
      await using pool = open({ isolation, filename: module('named-only.mjs'), name: 'double', restart: { intensity: 0 } });
      pool.on('workerExit', ({ reason }) => deaths.push(reason));
      await pool.ready();
      const bad = [1, 2, 3].map((n) => failure(pool.run(n, { filename: raw('throws.mjs'), retry: { retries: 1, minTimeout: 0 } })));
      const good = Array.from({ length: 20 }, (_, n) => pool.run(n));
      for (const error of await Promise.all(bad)) {
        assert.ok(error instanceof TaskModuleError, String(error));
        assert.equal(error.code, 'ERR_TASK_MODULE');
        assert.equal(error.module, raw('throws.mjs').href);
        assert.ok(error.cause instanceof Error);
        assert.deepEqual(
          attemptsOf(error).map(({ kind }) => kind),
          ['startup', 'startup'],
        );
      }
      assert.deepEqual(
        await Promise.all(good),
        Array.from({ length: 20 }, (_, n) => 2 * n),
      );
      assert.deepEqual(deaths, [], 'with an intensity of 0, no thread is renewed for its sake');
      assert.equal(pool.health(), 'ok');
    });
  });
}

describe('several modules in one pool', () => {
  it('a module that loads only in the third thread is loaded in the third thread', async () => {
    const tries = shared(0, 3);
    await using pool = open({ workerData: tries });
    assert.equal(await pool.run(4, { filename: module('fails-in-thread.mjs'), retry: { minTimeout: 0 }, idempotent: true }), 8);
    assert.equal(Atomics.load(tries, 0), 3);
  });

  it('what did not load has not begun: it is tried again also where a task may be started only once', async () => {
    await using pool = open({ workerData: shared(0, 2), idempotent: false });
    assert.equal(await pool.run(4, { filename: module('fails-in-thread.mjs'), retry: { minTimeout: 0 } }), 8);
  });

  it('threads are renewed for a module that never loads only as often as `restart` allows', async () => {
    const tries = shared(0, 1_000);
    let renewed = 0;
    await using pool = open({ workerData: tries, restart: { intensity: 2 } });
    pool.on('workerExit', () => renewed++);
    for (let i = 0; i < 4; i++)
      await failure(pool.run(i, { filename: module('fails-in-thread.mjs'), retry: { retries: 2, minTimeout: 0 } }));
    assert.equal(renewed, 2);
    assert.equal(Atomics.load(tries, 0), 3, 'a thread that failed to load it does not try again');
  });

  it('the time that a module takes to load is not the time of its task', async () => {
    await using pool = open();
    const started = performance.now();
    assert.equal(await pool.run(4, { filename: module('slow-to-load.mjs'), timeout: 100, retry: false }), 8);
    assert.ok(performance.now() - started >= 250);
  });

  it('a module that never loads is ended after startupTimeout, and its task is told so', async () => {
    // Every start of a thread, and every other module, has as long: more than the slowest machine takes.
    await using pool = open({ startupTimeout: 5_000 });
    const reasons: string[] = [];
    pool.on('workerExit', ({ reason }) => reasons.push(reason));
    await pool.ready();
    const error = await failure(pool.run(1, { filename: raw('never-loads.mjs'), retry: false }));
    assert.ok(error instanceof TaskModuleError && !(error instanceof TimeoutError));
    assert.match(error.message, /startupTimeout \(5000 ms\)/);
    assert.equal(await pool.run(4, { filename: module('named-only.mjs'), name: 'double' }), 8);
    assert.deepEqual(reasons, ['timeout']);
  });

  it('a module that ends the thread while it loads is the crash of the task that named it', async () => {
    await using pool = open({ restart: { intensity: 0 } });
    const error = await failure(pool.run(1, { filename: raw('exits.mjs'), retry: 1 }));
    assert.equal(error.code, 'ERR_WORKER_CRASHED');
    assert.equal(pool.health() === 'failed', false);
  });

  for (const file of ['promised.mjs', 'promised.cjs'])
    it(`an export may be a promise of a function (${file})`, async () => {
      const named = file === 'promised.cjs' ? { name: 'double' } : {};
      await using pool = open();
      assert.equal(await pool.run(4, { filename: module(file), ...named }), 8);
      await using own = open({ filename: module(file), ...named });
      assert.equal(await own.run(4), 8);
    });

  it('a promise of a function that rejects is a module that does not load', async () => {
    await using pool = open();
    const error = await failure(pool.run(1, { filename: module('rejects.mjs'), retry: false }));
    assert.equal(error.code, 'ERR_TASK_MODULE');
  });

  it('the methods of an object that a CommonJS module exports are found, those of all objects are not', async () => {
    await using pool = open({ filename: module('service.cjs'), name: 'double' });
    assert.equal(await pool.run(4), 8);
    assert.equal((await failure(pool.run(4, { name: 'toString' }))).code, 'ERR_NO_SUCH_EXPORT');
  });

  it('a pool whose module has named exports only is ready, and fails calls that name none', async () => {
    await using pool = open({ filename: module('named-only.mjs') });
    await pool.ready();
    assert.equal(await pool.run(4, { name: 'double' }), 8);
    const error = await failure(pool.run(4));
    assert.equal(error.code, 'ERR_NO_SUCH_EXPORT');
    assert.match(error.message, /functions double, triple/);
  });

  it('a call that names no module, in a pool without one, is refused', async () => {
    await using pool = open();
    const error = await failure(pool.run(1));
    assert.equal(error.code, 'ERR_INVALID_OPTION');
    assert.match(error.message, /^filename: Expected the task module/);
    const iterator = pool.map([1]);
    assert.equal((await failure(iterator.next())).code, 'ERR_INVALID_OPTION');
  });

  it('metrics and events tell the exports of other modules by their module', async () => {
    await using pool = open({ filename: module('named-only.mjs'), name: 'double' });
    const seen: unknown[] = [];
    pool.on('retry', ({ name, module: where }) => seen.push([name, where]));
    await pool.run(1);
    await pool.run(1, { filename: module('late-names.cjs'), name: 'double' });
    await failure(pool.run(1, { filename: raw('throws.mjs'), retry: { retries: 1, minTimeout: 0 } }));
    const text = await pool.metrics.metrics();
    assert.match(
      text,
      /holdfast_tasks_accepted_total\{[^}]*task="double"\} 1|holdfast_tasks_accepted_total\{[^}]*task="double",pool="[^"]*"\} 1/,
    );
    assert.ok(text.includes(`module="${module('late-names.cjs').href}"`));
    assert.deepEqual(seen, [['default', raw('throws.mjs').href]]);
  });

  it('a quarantine may close one export of one module, and recycled threads load what they need again', async () => {
    const key = (_: never, { name, module: where }: CalledExport): string => `${where?.split('/').at(-1)} ${name}`;
    await using pool = open({ quarantine: { key, after: 2 }, retry: false, recycle: { tasks: 3 } });
    const closed: string[] = [];
    pool.on('quarantine', ({ key: which, state }) => closed.push(`${which} ${state}`));
    const ends = { filename: raw('exits.mjs') };
    const codes: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      codes.push((await failure(pool.run(1, ends))).code);
      assert.equal(await pool.run(i, { filename: module('named-only.mjs'), name: 'double' }), 2 * i);
      assert.equal(await pool.run(i, { filename: module('late-names.cjs'), name: 'double' }), 2 * i);
    }
    assert.deepEqual([codes, closed], [['ERR_WORKER_CRASHED', 'ERR_WORKER_CRASHED', 'ERR_TASK_QUARANTINED'], ['exits.mjs default closed']]);
  });
});
