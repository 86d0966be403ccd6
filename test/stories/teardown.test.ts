import assert from 'node:assert/strict';
import { describe, type TestContext } from 'node:test';
import { Pool, type PoolEvents, type PoolOptions, TeardownError } from '../../src/index.ts';
import { turn } from '../next-event.ts';
import { further, oneIn } from '../soak.ts';
import { failure, mainIsUnharmed, nothingLeft, once, resources } from './stage.ts';

const it = oneIn(4, import.meta.url);

type Module = typeof import('../fixtures/teardown/teardowns.ts');
type Said = { readonly torn?: number; readonly done?: number; readonly calls?: number; readonly module: string };

const at = (query: string): URL => new URL(`../fixtures/teardown/teardowns.js${query}`, import.meta.url);

function open(t: TestContext, query: string, options: Partial<PoolOptions>) {
  const before = resources();
  const pool = new Pool<Module>({ filename: at(query), threads: 1, spares: 0, ...options });
  const said: Said[] = [];
  const failed: PoolEvents['teardownFailed'][] = [];
  const exits: PoolEvents['workerExit'][] = [];
  pool.on('message', ({ message }) => said.push(message as Said));
  pool.on('teardownFailed', (event) => failed.push(event));
  pool.on('workerExit', (event) => exits.push(event));
  t.after(async () => {
    await pool.close({ force: true });
    await nothingLeft(before);
    await mainIsUnharmed();
  });
  return { pool, said, failed, exits, torn: () => said.filter(({ torn }) => torn !== undefined) };
}

for (const isolation of ['thread', 'process'] as const) {
  describe(`teardown, in a ${isolation}`, () => {
    it('is called in every thread when the pool closes, which waits for it', async (t) => {
      const { pool, said, failed } = open(t, '', { isolation, threads: 2, spares: 1 });
      await pool.ready();
      await pool.run(1);
      while (pool.stats().threads.spare < 1) await turn();
      await pool.close();
      assert.equal(said.filter(({ done }) => done !== undefined).length, 3);
      assert.ok(said.every(({ calls }) => calls === undefined || calls === 1));
      assert.deepEqual(failed, []);
    });

    const inThread = isolation === 'thread' ? it : further;
    inThread('is not waited for longer than terminateTimeout, also if it blocks its thread', async (t) => {
      for (const query of ['?hangs', '?spins']) {
        const { pool, failed, exits } = open(t, query, { isolation, terminateTimeout: 100 });
        await pool.ready();
        await pool.close();
        assert.deepEqual(
          failed.map(({ slot, reason, error }) => [slot, reason, error.code, error.how]),
          [[0, 'closed', 'ERR_TEARDOWN', 'hung']],
        );
        while (exits.length === 0) await turn(); // A busy machine may take longer to end it than the pool waits.
        assert.deepEqual(
          exits.map(({ reason }) => reason),
          ['closed'],
        );
      }
    });

    inThread('that throws, or ends its thread, is told', async (t) => {
      for (const [query, how, cause] of [
        ['?throws', 'threw', 'the file is gone'],
        ['?throws-nothing', 'threw', 'It threw undefined.'],
        ['?exits', 'exited', undefined],
      ] as const) {
        const { pool, failed, torn } = open(t, query, { isolation });
        await pool.ready();
        await pool.close();
        assert.equal(torn().length, 1);
        const [{ error } = assert.fail('nothing was told')] = failed;
        assert.ok(error instanceof TeardownError);
        assert.deepEqual([error.how, (error.cause as Error | undefined)?.message], [how, cause]);
        if (query === '?throws') assert.ok(error.cause instanceof RangeError);
      }
    });

    inThread('is not called after a crash, nor in a thread that had to be stopped', async (t) => {
      const { pool, exits, torn } = open(t, '', { isolation, retry: false, abortGrace: 10 });
      for (const [name, timeout] of [
        ['exit', 60_000],
        ['spin', 100],
        ['wait', 100],
      ] as const) {
        const gone = once(pool, 'workerExit');
        await failure(pool.run(undefined as never, { name, timeout }));
        await gone;
      }
      assert.deepEqual(torn(), []);
      assert.deepEqual(
        exits.map(({ reason }) => reason),
        ['exit', 'timeout', 'timeout'],
      );
      await pool.ready();
      await pool.run(1);
      await pool.close();
      assert.equal(torn().length, 1, 'only in the last thread');
    });
  });
}

describe('teardown', () => {
  it('is not called by close({ force: true }), which ends one that hangs', async (t) => {
    const idle = open(t, '', {});
    await idle.pool.ready();
    await idle.pool.close({ force: true });
    assert.deepEqual(idle.said, []);

    const hanging = open(t, '?hangs', { terminateTimeout: 600_000 });
    await hanging.pool.ready();
    const called = once(hanging.pool, 'message');
    const closing = hanging.pool.close();
    await called;
    await hanging.pool.close({ force: true });
    await closing;
    assert.deepEqual(hanging.failed, [], 'whoever does not wait does not complain');
  });

  further('is called where threads are renewed, and tasks go on meanwhile', async (t) => {
    const { pool, said, torn } = open(t, '?hangs', { threads: 2, terminateTimeout: 300 });
    await pool.ready();
    const renewed = pool.recycle();
    while (torn().length < 2) await pool.run('meanwhile');
    await renewed;
    assert.equal(new Set(said.map(({ torn: id }) => id)).size, 2);
    assert.ok(torn().every(({ calls }) => calls === 1));
  });

  it('is called in a thread that has run its number of tasks', async (t) => {
    const { pool, torn } = open(t, '', { recycle: { tasks: 1 } });
    for (let n = 0; n < 4; n++) await pool.run(n);
    await pool.close();
    assert.ok(torn().length >= 4);
    assert.equal(new Set(torn().map(({ torn: id }) => id)).size, torn().length, 'once in each thread');
  });

  further('is called in a thread that an elastic pool does not need any more', async (t) => {
    const { pool, exits, torn } = open(t, '', { threads: { min: 0, max: 1 }, idleTimeout: 20 });
    const gone = once(pool, 'workerExit');
    await pool.run(1);
    await gone;
    assert.deepEqual(
      exits.map(({ reason }) => reason),
      ['idle'],
    );
    assert.equal(torn().length, 1);
  });

  it('is not called in a thread in which something left behind has thrown', async (t) => {
    const { pool, exits, torn } = open(t, '', {});
    const gone = once(pool, 'workerExit');
    await pool.run(undefined as never, { name: 'late' });
    await gone;
    assert.deepEqual(
      exits.map(({ reason }) => reason),
      ['lateError'],
    );
    assert.deepEqual(torn(), []);
  });

  it('is that of every module that the thread has loaded, the last one first; what one throws keeps no other from being called', async (t) => {
    const { pool, failed, torn } = open(t, '', {});
    for (const query of ['?throws', '?b', '?throws-nothing']) await pool.run(1, { filename: at(query) });
    await failure(pool.run(1, { filename: new URL('../fixtures/broken-module.js', import.meta.url) }));
    const renewed = pool.recycle();
    await renewed;
    await pool.close();
    assert.deepEqual(
      torn()
        .map(({ module }) => module)
        .slice(0, 4),
      ['?throws-nothing', '?b', '?throws', ''],
    );
    assert.equal((failed[0]!.error.cause as AggregateError).errors.length, 2);
  });

  further('may be a promise of a function, or stand in a CommonJS module', async (t) => {
    for (const [file, word] of [
      ['teardown/teardown-promise.js', 'promise'],
      ['teardown/teardown-module.cjs', 'commonjs'],
    ] as const) {
      const { pool, said } = open(t, '', { filename: new URL(`../fixtures/${file}`, import.meta.url) });
      await pool.ready();
      await pool.close();
      assert.deepEqual(said, [word]);
    }
  });
});
