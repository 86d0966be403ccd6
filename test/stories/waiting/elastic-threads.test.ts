// A pool whose number of threads is a range has few while there is nothing to do, more while tasks wait, and few again after that.
import assert from 'node:assert/strict';
import { describe, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolOptions } from '../../../src/index.ts';
import { nextEvent } from '../../next-event.ts';
import { further, oneIn } from '../../soak.ts';

const it = oneIn(4, import.meta.url);

const MODULE = new URL('../../fixtures/elastic.js', import.meta.url);
type Tasks = typeof import('../../fixtures/elastic.ts');

const shared = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

function open(t: TestContext, options: PoolOptions): Pool<Tasks> {
  const pool = new Pool<Tasks>({ filename: MODULE, spares: 0, ...options });
  t.after(() => pool.close({ force: true }));
  return pool;
}

/** Threads that there are, whatever they do. */
function alive(pool: Pool<Tasks>): number {
  const { starting, spare, ready, busy, stopping } = pool.stats().threads;
  return starting + spare + ready + busy + stopping;
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(2);
}

describe('elastic threads', () => {
  it('the constructor returns after the first thread was started, however many there may be', (t) => {
    for (const threads of [{ max: 256 }, { min: 256, max: 256 }, 256]) {
      const pool = open(t, { threads });
      assert.equal(alive(pool), 1);
      void pool.close({ force: true });
    }
  });

  further('a fixed number are all there, a few starting at a time', async (t) => {
    const pool = open(t, { threads: 5, spares: 1 });
    await pool.ready();
    await until(() => pool.stats().threads.spare === 1);
    assert.deepEqual([pool.stats().threads.ready, pool.health()], [5, 'ok']);
  });

  it('an idle pool has `min` threads and no spare, and is whole', async (t) => {
    const pool = open(t, { threads: { min: 2, max: 8 }, spares: 2 });
    const ready = nextEvent(pool, 'ready');
    await pool.ready();
    assert.deepEqual(await ready, { threads: 2 });
    assert.deepEqual([alive(pool), pool.health()], [2, 'ok']);
  });

  it('ends no thread that works, also where idle threads go at once', async (t) => {
    const pool = open(t, { threads: { min: 0, max: 3 }, idleTimeout: 0, idempotent: false, retry: false });
    for (let i = 0; i < 4; i++) await pool.run(30, { name: 'wait' });
  });

  it('grows while tasks wait, up to `max`, without being degraded; and shrinks when they are done', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 4 }, idleTimeout: 50, workerData: shared() });
    const reasons: string[] = [];
    pool.on('degraded', () => reasons.push('degraded'));
    pool.on('workerExit', ({ reason }) => reasons.push(reason));
    // Each returns when all four run at the same time.
    await Promise.all(Array.from({ length: 4 }, () => pool.run(4, { name: 'meet' })));
    await until(() => alive(pool) === 1);
    assert.deepEqual(reasons, ['idle', 'idle', 'idle']);
    assert.equal(pool.health(), 'ok');
    assert.equal(await pool.run(3), 3);
  });

  further('never has more than `max`, and never fewer than `min`', async (t) => {
    const pool = open(t, { threads: { min: 2, max: 3 }, idleTimeout: 10 });
    let most = 0;
    pool.on('workerStart', () => {
      most = Math.max(most, alive(pool));
    });
    await pool.ready();
    for (let wave = 0; wave < 3; wave++) {
      await Promise.all(Array.from({ length: 30 }, () => pool.run(2, { name: 'wait' })));
      await until(() => alive(pool) === 2);
    }
    assert.ok(most <= 3, `there were ${most}`);
  });

  it('`min: 0` has a thread only while there is something to do', async (t) => {
    const pool = open(t, { threads: { min: 0, max: 2 }, idleTimeout: 10 });
    await pool.ready();
    assert.deepEqual([alive(pool), pool.health()], [0, 'ok']);
    assert.equal(await pool.run(3), 3);
    await until(() => alive(pool) === 0);
    assert.equal(await pool.run(4), 4);
  });

  further('keeps spares once it has been busy, and gives them back when it is idle', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 2 }, spares: 1, idleTimeout: 50 });
    const work = Promise.all(Array.from({ length: 40 }, () => pool.run(20, { name: 'wait' })));
    await until(() => pool.stats().threads.spare === 1);
    await work;
    await until(() => alive(pool) === 1);
    assert.deepEqual(pool.stats().threads.spare, 0);
  });

  further('a task behind a long one gets a thread of its own', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 2 }, workerData: shared() });
    await Promise.all(Array.from({ length: 100 }, (_, n) => pool.run(n)));
    const long = pool.run(2, { name: 'meet' });
    const short = Array.from({ length: 5 }, (_, n) => pool.run(n));
    assert.deepEqual(await Promise.all(short), [0, 1, 2, 3, 4]);
    await pool.run(2, { name: 'meet' });
    await long;
  });

  further('copies of one task find their threads', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 3 } });
    assert.equal(await pool.run(7, { redundancy: 3 }), 7);
  });

  further('deaths among growth cost no innocent task anything', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 4 }, idleTimeout: 20, restart: { intensity: 0 } });
    for (let wave = 0; wave < 4; wave++) {
      const good = Array.from({ length: 40 }, (_, n) => pool.run(n, { name: 'wait', retry: false }));
      const bad = Array.from({ length: 6 }, () => pool.run(undefined, { name: 'die', retry: false }).catch(({ code }) => code));
      assert.deepEqual(new Set(await Promise.all(bad)), new Set(['ERR_WORKER_CRASHED']));
      await Promise.all(good);
    }
    await until(() => alive(pool) === 1 && pool.health() === 'ok');
  });

  further('a pool that works and cannot grow goes on with what it has', async (t) => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    words[1] = 1; // Threads that may load the module.
    const pool = open(t, {
      filename: new URL('../../fixtures/raw/modules/only-some-threads.mjs', import.meta.url),
      threads: { min: 1, max: 3 },
      workerData: words,
      restart: { intensity: 1, minTimeout: 1, maxTimeout: 2 }, // 1: of the first two, either may come too late.
    });
    const failed: string[] = [];
    pool.on('workerExit', ({ reason }) => failed.push(reason));
    await Promise.all(Array.from({ length: 30 }, (_, n) => pool.run(10 + (n % 2))));
    await until(() => failed.length > 3);
    assert.deepEqual([...new Set(failed)], ['startup']);
    assert.equal(pool.health(), 'ok');
  });

  it('is closed in the middle of growth, and leaves nothing', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 6 } });
    const results = Array.from({ length: 12 }, () => pool.run(5, { name: 'wait' }));
    await until(() => pool.stats().threads.starting > 0);
    const report = await pool.close();
    assert.deepEqual([report.dropped, report.killed], [0, 0]);
    await Promise.all(results);
    assert.equal(alive(pool), 0);
  });

  further('maxQueue is what waits beyond what all slots can take, from the first moment', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 3 }, maxQueue: 1 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => pool.run(5, { name: 'wait' })));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
    );
  });

  it('the tree shows the slots that are in use', async (t) => {
    const pool = open(t, { threads: { min: 1, max: 64 } });
    await pool.ready();
    assert.equal(pool.tree().children?.length, 1);
  });
});
