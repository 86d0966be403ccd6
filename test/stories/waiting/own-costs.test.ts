import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Ledger } from '../../../src/policies/ledger.ts';
import { Script } from '../../simulation/world/scripted.ts';
import { ScriptedThread } from '../../simulation/world/scripted-thread.ts';

/** How often the ledger of all open tasks is looked through from now on. */
function countLooks(t: TestContext): { times: number } {
  const looks = { times: 0 };
  const own = Ledger.prototype[Symbol.iterator];
  Ledger.prototype[Symbol.iterator] = function (this: Ledger) {
    looks.times++;
    return own.call(this);
  };
  t.after(() => {
    Ledger.prototype[Symbol.iterator] = own;
  });
  return looks;
}

describe('while many tasks are open', () => {
  it('the end of a map looks at nobody else', async (t) => {
    const script = new Script(t, { threads: 1 });
    for (let n = 0; n < 100; n++) script.watch(script.pool.run(n));
    const looks = countLooks(t);
    const empty = script.watch(script.pool.map([]).next());
    const left = script.pool.map([1, 2, 3]);
    const next = script.watch(left.next());
    await settle();
    assert.equal(script.pool.stats().open, 103);
    script.watch(left.return!());
    await settle();
    assert.deepEqual([empty.outcome, next.outcome], new Array(2).fill({ value: undefined, done: true }));
    assert.equal(script.pool.stats().open, 100, 'its own items are given up');
    assert.equal(looks.times, 0);
  });

  it('a key that is closed looks at its own tasks alone', async (t) => {
    const script = new Script(t, { threads: 1, retry: false, quarantine: { after: 1 } });
    await script.thread(1).ready();
    const bad = ['a', 'b', 'c'].map((name) => script.watch(script.pool.run(name, { key: 'bad' })));
    for (let n = 0; n < 100; n++) script.watch(script.pool.run(n));
    await settle();
    script.thread(1).begin();
    const looks = countLooks(t);
    await script.thread(1).exit({ cause: 'crash' });
    const codes = bad.map(({ error }) => (error as { code?: string } | undefined)?.code);
    assert.deepEqual(codes, ['ERR_WORKER_CRASHED', 'ERR_TASK_QUARANTINED', 'ERR_TASK_QUARANTINED']);
    assert.equal(looks.times, 0);
  });

  it('maxQueue is counted without a look at what threads write', async (t) => {
    const script = new Script(t, { threads: 2, maxQueue: 1000 });
    for (const n of [1, 2]) await script.thread(n).ready();
    for (let n = 0; n < 10; n++) script.watch(script.pool.run(n));
    await settle();
    const looks = t.mock.method(ScriptedThread.prototype, 'standing');
    script.watch(script.pool.run('one more'));
    assert.equal(looks.mock.callCount(), 0);
    looks.mock.restore();
  });
});
