import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';

/** Threads that take so many milliseconds to be written a bundle, and read none. */
async function written(t: TestContext, threads: number, terminateTimeout = 100, ms = 100): Promise<Script> {
  const script = new Script(t, { threads, terminateTimeout });
  const { clock } = script;
  const now = clock.now.bind(clock);
  let taken = 0;
  clock.now = () => now() + taken;
  for (const thread of script.threads) {
    await thread.ready();
    const send = thread.send.bind(thread);
    thread.send = (...bundle) => {
      taken += ms;
      send(...bundle);
    };
  }
  return script;
}

describe('a thread that reads a large input', () => {
  it('is not held to be blocked, for thirty times as long as it took to write', async (t) => {
    const script = await written(t, 1);
    const run = script.watch(script.pool.run('large'));
    await script.clock.advance(2_900);
    const [thread] = script.threads;
    assert.equal(thread!.terminated, false);
    thread!.begin();
    thread!.finish('read');
    await thread!.report();
    assert.equal(run.outcome, 'read');
  });

  it('is, when it has taken longer', async (t) => {
    const script = await written(t, 1);
    script.watch(script.pool.run('large'));
    await script.clock.advance(3_300);
    assert.equal(script.thread(1).terminated, true);
  });

  it('is after a minute, however long that took: a getter may have blocked meanwhile', async (t) => {
    const script = await written(t, 1, 100, 10_000);
    script.watch(script.pool.run('large'));
    await script.clock.advance(59_000);
    assert.equal(script.thread(1).terminated, false);
    await script.clock.advance(2_000);
    assert.equal(script.thread(1).terminated, true);
  });

  it('is not robbed of it by another one, which would have to read it as well', async (t) => {
    const script = await written(t, 2, 60_000);
    script.watch(script.pool.run('large'));
    script.watch(script.pool.run('other'));
    await settle();
    const [first, other] = script.threads;
    await script.clock.advance(1_000);
    other!.begin();
    other!.finish('done');
    await other!.report();
    await script.clock.advance(1_000);
    assert.deepEqual([first!.mail.length, other!.mail.length], [1, 0]);
  });
});
