// What a pool tells of itself in numbers, and what it finishes when it is closed.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from '../../src/index.ts';
import { oneIn } from '../soak.ts';

const it = oneIn(4, import.meta.url);

const filename = new URL('../fixtures/elastic.js', import.meta.url);

describe('the figures of a pool', () => {
  it('say how long tasks waited and ran, and how busy its threads were', async () => {
    await using pool = new Pool({ filename, threads: 1, spares: 0 });
    await pool.ready();
    const before = pool.stats();
    assert.deepEqual([before.runTime.count, before.runTime.p99, before.completed, before.utilization], [0, 0, 0, 0]);
    await Promise.all([pool.run(30, { name: 'wait' }), pool.run(30, { name: 'wait' }), pool.run(1), pool.run(1)]);
    const { runTime, waitTime, completed, utilization } = pool.stats();
    assert.deepEqual([runTime.count, waitTime.count, completed], [4, 4, 4]);
    assert.ok(runTime.min < 5 && runTime.p50 < 20 && runTime.max >= 29, JSON.stringify(runTime));
    assert.ok(runTime.min <= runTime.p50 && runTime.p50 <= runTime.p90 && runTime.p90 <= runTime.p99 && runTime.p99 <= runTime.p999);
    assert.ok(waitTime.max >= 29 && runTime.mean > 14, JSON.stringify(waitTime));
    assert.ok(utilization > 0 && utilization <= 1);
  });

  it('add up the exports where each has histograms of its own', async () => {
    await using pool = new Pool({ filename, threads: 1, spares: 0, metrics: { histograms: 'task' } });
    await Promise.all([pool.run(5, { name: 'wait' }), pool.run(1)]);
    assert.equal(pool.stats().runTime.count, 2);
  });
});

describe('recycle()', () => {
  for (const [what, options] of Object.entries({
    'a fixed number': { threads: 2, spares: 1 },
    'one thread': { threads: 1, spares: 0 },
    'an elastic pool': {},
  }))
    it(`renews all threads without harm to any task: ${what}`, async () => {
      const pool = new Pool({ filename, ...options });
      const exits: string[] = [];
      pool.on('workerExit', ({ reason }) => exits.push(reason));
      await pool.ready();
      const results = Promise.all(Array.from({ length: 30 }, (_, n) => pool.run(n % 10, { name: 'wait', retry: false })));
      await pool.recycle();
      assert.deepEqual((await results).length, 30);
      assert.ok(exits.length > 0);
      assert.deepEqual([...new Set(exits)], ['recycled']);
      assert.equal(await pool.run(3), 3);
      await pool.close();
      await pool.recycle();
    });
});

describe("close({ drop: 'queued' })", () => {
  it('finishes what runs, and rejects what waits', async () => {
    const pool = new Pool({ filename, threads: 2, spares: 0 });
    await pool.ready();
    const running = [pool.run(100, { name: 'wait' }), pool.run(100, { name: 'wait' })];
    const waiting = [1, 2, 3].map((n) => pool.run(n).catch(({ code }) => code));
    await sleep(30);
    const report = await pool.close({ drop: 'queued' });
    assert.deepEqual(await Promise.all(running), [100, 100]);
    assert.deepEqual(await Promise.all(waiting), Array(3).fill('ERR_POOL_CLOSED'));
    assert.deepEqual(report, { completed: 2, dropped: 3, killed: 0 });
  });

  it('drops what it kept if it is forced afterwards', async () => {
    const pool = new Pool({ filename, threads: 1, spares: 0 });
    await pool.ready();
    const running = pool.run(60_000, { name: 'wait' }).catch(({ code }) => code);
    await sleep(20);
    void pool.close({ drop: 'queued' });
    const report = await pool.close({ force: true });
    assert.deepEqual([await running, report.dropped], ['ERR_POOL_CLOSED', 1]);
  });

  it('refuses what it does not know', async () => {
    const pool = new Pool({ filename, threads: 1, spares: 0 });
    await assert.rejects(pool.close({ drop: 'all' as never }), { code: 'ERR_INVALID_OPTION' });
    await pool.close();
  });
});
