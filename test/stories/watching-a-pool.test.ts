import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { settle } from '../../src/faults/virtual-clock.ts';
import { Script } from '../simulation/world/scripted.ts';
import { oneIn } from '../soak.ts';
import { codeOf } from './outcomes.ts';

const it = oneIn(4, import.meta.url);

describe('health', () => {
  it('is starting, ok, degraded, ok again and closed', async (t) => {
    const script = new Script(t, { threads: 2 });
    const { pool } = script;
    const seen: string[] = [pool.health()];
    for (const name of ['ready', 'degraded', 'recovered', 'close'] as const) pool.on(name, () => seen.push(name, pool.health()));
    await script.thread(1).ready();
    assert.equal(pool.health(), 'starting', 'one of two');
    await script.thread(2).ready();
    await script.thread(1).exit({ cause: 'crash' });
    await script.clock.advance(1_000);
    await script.thread(3).ready();
    const closing = script.watch(pool.close());
    await settle();
    for (const thread of script.threads.slice(1)) await thread.exit();
    assert.ok('outcome' in closing);
    assert.deepEqual(seen, ['starting', 'ready', 'ok', 'degraded', 'degraded', 'recovered', 'ok', 'close', 'closed']);
  });

  it('is failed when too many threads die over nothing; what was accepted is told why', async (t) => {
    const script = new Script(t, { threads: 1, restart: { intensity: 2, within: 60_000, minTimeout: 10, maxTimeout: 10 } });
    const run = script.watch(script.pool.run('waits'));
    const ready = script.watch(script.pool.ready());
    const failures: unknown[] = [];
    script.pool.on('failed', ({ error }) => failures.push(error));
    for (let n = 1; n <= 3; n++) {
      await script.thread(n).exit({ cause: 'startup', error: new SyntaxError(`start ${n}`) });
      await script.clock.advance(10);
    }
    assert.equal(script.pool.health(), 'failed');
    assert.deepEqual([codeOf(run), codeOf(ready), failures.length], ['ERR_POOL_FAILED', 'ERR_POOL_FAILED', 1]);
    assert.equal(((run.error as Error).cause as Error).message, 'start 3');
    const late = script.watch(script.pool.run('late'));
    await settle();
    assert.equal(codeOf(late), 'ERR_POOL_FAILED');
    assert.equal(script.threads.length, 3, 'no further start');
  });
});

describe('ready', () => {
  it('resolves when every slot has its thread, spares or no spares; then at once', async (t) => {
    const script = new Script(t, { threads: 2, spares: 1 });
    const ready = script.watch(script.pool.ready());
    await script.thread(1).ready();
    assert.equal('outcome' in ready, false);
    await script.thread(3).ready();
    assert.equal('outcome' in ready, true, 'the spare takes the place of the one that is slow');
    await script.pool.ready();
  });

  it('holds the process while somebody waits for it, and no longer', async (t) => {
    const script = new Script(t, { threads: 1 });
    script.watch(script.pool.ready());
    assert.equal(script.holders, 1);
    await script.thread(1).ready();
    assert.equal(script.holders, 0);
  });
});

describe('drain', () => {
  it('resolves when every accepted task has settled, well or badly, also those that came after the call', async (t) => {
    const script = new Script(t, { threads: 1, retry: false });
    const drains: number[] = [];
    script.pool.on('drain', ({ settled }) => drains.push(settled));
    await script.pool.drain(); // Nothing is open.
    const thread = script.thread(1);
    await thread.ready();
    script.watch(script.pool.run('good'));
    const drained = script.watch(script.pool.drain());
    await settle();
    thread.begin();
    script.watch(script.pool.run('bad'));
    thread.finish();
    await thread.report();
    assert.equal('outcome' in drained, false);
    thread.begin();
    thread.fail(new RangeError('on purpose'));
    await thread.report();
    assert.deepEqual(['outcome' in drained, drains, script.holders], [true, [2], 0]);
  });

  it('resolves for a pool that fails', async (t) => {
    const script = new Script(t, { threads: 1, restart: { intensity: 0 } });
    script.watch(script.pool.run('waits'));
    const drained = script.watch(script.pool.drain());
    await script.thread(1).exit({ cause: 'startup', error: new Error('no') });
    assert.equal('outcome' in drained, true);
  });
});

describe('stats', () => {
  it('add up at every moment', async (t) => {
    const script = new Script(t, { threads: 1, spares: 1, retry: { retries: 1 } });
    const { pool } = script;
    const now = (): unknown => {
      const { accepted, fulfilled, rejected, open, queued, running, retries, threadStarts } = pool.stats();
      assert.equal(accepted, fulfilled + rejected + open);
      return { accepted, fulfilled, rejected, open, queued, running, retries, threadStarts };
    };
    const none = { accepted: 0, fulfilled: 0, rejected: 0, open: 0, queued: 0, running: 0, retries: 0, threadStarts: 2 };
    assert.deepEqual(now(), none);
    script.watch(pool.run(1));
    script.watch(pool.run(2));
    assert.deepEqual(now(), { ...none, accepted: 2, open: 2, queued: 2 });
    for (const n of [1, 2]) await script.thread(n).ready();
    const { ready, busy, spare } = pool.stats().threads;
    assert.deepEqual({ ready, busy, spare }, { ready: 0, busy: 1, spare: 1 });
    assert.deepEqual(now(), { ...none, accepted: 2, open: 2, running: 2 });
    script.thread(1).begin();
    await script.thread(1).exit({ cause: 'crash' });
    assert.deepEqual(now(), { ...none, accepted: 2, open: 2, running: 2, retries: 1 });
    await script.clock.advance(10); // The spare is replaced behind the one that takes over.
    while ((await script.thread(2).work()).length > 0);
    assert.deepEqual(now(), { ...none, accepted: 2, fulfilled: 2, retries: 1, threadStarts: 3 });
  });
});
