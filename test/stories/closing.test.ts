import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { settle } from '../../src/faults/virtual-clock.ts';
import type { CloseReport } from '../../src/index.ts';
import { Script } from '../simulation/world/scripted.ts';
import { oneIn } from '../soak.ts';
import { codeOf } from './outcomes.ts';

const it = oneIn(4, import.meta.url);

/** Two threads at work, and three tasks that wait; one task has settled before. */
async function busy(script: Script): Promise<{ outcome?: unknown; error?: unknown }[]> {
  for (const n of [1, 2]) await script.thread(n).ready();
  script.watch(script.pool.run('before'));
  await settle();
  while ((await script.thread(1).work()).length + (await script.thread(2).work()).length > 0);
  const runs: { outcome?: unknown; error?: unknown }[] = [];
  for (const n of [1, 2]) {
    runs.push(script.watch(script.pool.run(`runs ${n}`)));
    await settle();
    assert.notEqual(script.thread(n).begin() ?? script.thread(3 - n).begin(), undefined);
    await script.clock.advance(5); // Long enough that nothing is handed over behind it.
  }
  for (const name of ['a', 'b', 'c']) runs.push(script.watch(script.pool.run(name)));
  await settle();
  return runs;
}

/** Ends the threads that the pool has asked to end, until it has closed. */
async function closed(script: Script, closing: Promise<CloseReport>): Promise<CloseReport> {
  const seen = script.watch(closing);
  await settle();
  for (const thread of script.threads) if (thread.terminated) await thread.exit();
  assert.ok('outcome' in seen, 'once every thread is dead the pool is closed');
  return closing;
}

describe('close', () => {
  it('finishes what was accepted, refuses what comes, then stops every thread', async (t) => {
    const script = new Script(t, { threads: 2 });
    const runs = await busy(script);
    const closing = script.pool.close();
    const late = script.watch(script.pool.run('late'));
    await settle();
    assert.equal(codeOf(late), 'ERR_POOL_CLOSED');
    assert.ok(script.threads.every(({ terminated }) => !terminated));
    for (const n of [1, 2]) {
      script.thread(n).finish('done');
      await script.thread(n).report();
    }
    for (let done = 1; done > 0; ) done = (await script.thread(1).work()).length + (await script.thread(2).work()).length;
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ['done', 'done', 'a', 'b', 'c'],
    );
    assert.deepEqual(await closed(script, closing), { completed: 5, dropped: 0, killed: 0 }, 'what settled before is not counted');
    assert.equal(script.pool.health(), 'closed');
  });

  it('by force rejects everything at once, and ends the threads that were at work', async (t) => {
    const script = new Script(t, { threads: 2 });
    const runs = await busy(script);
    const closing = script.pool.close({ force: true });
    await settle();
    assert.deepEqual(runs.map(codeOf), Array(5).fill('ERR_POOL_CLOSED'));
    assert.deepEqual(await closed(script, closing), { completed: 0, dropped: 5, killed: 2 });
  });

  it('that has waited for closeTimeout drops the rest', async (t) => {
    const script = new Script(t, { threads: 2, closeTimeout: 500 });
    const runs = await busy(script);
    const closing = script.pool.close();
    script.thread(1).finish('done');
    await script.thread(1).report();
    await script.clock.advance(490);
    assert.equal(runs.filter((run) => codeOf(run) !== undefined).length, 0);
    await script.clock.advance(20);
    const dropped = runs.filter((run) => codeOf(run) === 'ERR_POOL_CLOSED').length;
    const completed = runs.filter((run) => 'outcome' in run).length;
    assert.deepEqual({ dropped, completed }, { dropped: 4, completed: 1 });
    assert.deepEqual(await closed(script, closing), { completed, dropped, killed: 1 }, 'one was at work; the other had begun nothing');
  });

  it('may be followed by force, which does not wait any longer; both give the one report', async (t) => {
    const script = new Script(t, { threads: 2 });
    await busy(script);
    const gently = script.pool.close();
    script.thread(1).finish('done');
    await script.thread(1).report();
    const byForce = script.pool.close({ force: true });
    const report = await closed(script, byForce);
    assert.deepEqual([report.completed, report.dropped], [1, 4]);
    assert.equal(await gently, report);
  });

  it('is one, however often it is called, by whatever name; and the event is one', async (t) => {
    const script = new Script(t, { threads: 1 });
    await script.thread(1).ready();
    const events: CloseReport[] = [];
    script.pool.on('close', (event) => events.push(event));
    const closings = [script.pool.close(), script.pool.close(), script.pool.close({ force: true })];
    const disposed = script.watch(script.pool[Symbol.asyncDispose]());
    const first = await closed(script, closings[0]!);
    const again = await script.pool.close();
    for (const closing of closings) assert.equal(await closing, first);
    assert.deepEqual([again, events, 'outcome' in disposed], [first, [{ completed: 0, dropped: 0, killed: 0 }], true]);
  });

  it('is terminal: run and map are refused, ready rejects, drain is over', async (t) => {
    const script = new Script(t, { threads: 1 });
    const before = script.watch(script.pool.ready());
    await closed(script, script.pool.close());
    assert.equal(codeOf(before), 'ERR_POOL_CLOSED');
    const { pool } = script;
    const calls = [pool.run(1), pool.map([1]).next(), pool.mapSettled([1]).next(), pool.ready()];
    const refused = calls.map((promise: Promise<unknown>) => script.watch(promise));
    await settle();
    assert.deepEqual(refused.map(codeOf), Array(4).fill('ERR_POOL_CLOSED'));
    await pool.drain();
  });

  it('waits for a retry that waits', async (t) => {
    const script = new Script(t, { threads: 1, retry: { retries: 1, minTimeout: 0 } });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('crashes once'));
    await settle();
    script.thread(1).begin();
    const closing = script.pool.close();
    await script.thread(1).exit({ cause: 'crash' });
    await script.thread(2).ready();
    await script.thread(2).work();
    assert.equal(run.outcome, 'crashes once');
    assert.deepEqual(await closed(script, closing), { completed: 1, dropped: 0, killed: 0 });
  });

  it('with a bad option rejects, and does not close', async (t) => {
    const script = new Script(t, { threads: 1 });
    await assert.rejects(script.pool.close({ force: 1 } as never), { code: 'ERR_INVALID_OPTION' });
    assert.equal(script.pool.health(), 'starting');
  });
});
