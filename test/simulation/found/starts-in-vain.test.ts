import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../world/scripted.ts';
import type { ScriptedThread } from '../world/scripted-thread.ts';

/** Threads that start, work and end as they should, for a second. */
async function live(script: Script, known: Set<ScriptedThread>): Promise<void> {
  const gone = new Set<ScriptedThread>(script.threads.slice(0, 1));
  for (let i = 0; i < 20; i++) {
    await script.clock.advance(50);
    for (const thread of [...script.threads].filter((one) => !gone.has(one))) {
      if (thread.terminated) {
        gone.add(thread);
        await thread.exit();
      } else {
        if (!known.has(thread)) await thread.ready();
        known.add(thread);
        await thread.work();
      }
    }
  }
}

/** The only thread of a pool dies, its spare takes over, and the pool, which is idle, wants no spare any more. Then a task asks for two copies. */
async function voteAfterDeath(t: TestContext, moment: number): Promise<unknown> {
  const script = new Script(t, { threads: { min: 1, max: 1 }, spares: 1, idleTimeout: 0 });
  const long = script.watch(script.pool.run('long'));
  await settle();
  const [first] = script.threads;
  await first!.ready();
  first!.begin();
  await script.clock.advance(200); // Long enough at work for a pool that keeps a spare.
  const spare = script.thread(2);
  await spare.ready();
  await script.clock.advance(moment);
  first!.finish('long');
  await first!.report();
  assert.equal(long.outcome, 'long');
  await first!.exit();
  await script.clock.advance(1);
  const run = script.watch(script.pool.run('vote', { redundancy: { replicas: 2, quorum: 2 } }));
  await settle();
  await spare.work();
  await live(script, new Set([first!, spare]));
  return run.outcome;
}

describe('a copy that needs a thread of its own', () => {
  it('does not wait for a spare that is not wanted any more', async (t) => {
    // A thread had died, and the start of another was planned. Before it came, the pool was found idle and wanted no spare: the start was dropped,
    // the copy waited for it, and its task never settled.
    for (let moment = 0; moment < 20; moment++) assert.equal(await voteAfterDeath(t, moment * 0.5), 'vote', `${moment * 0.5} ms later`);
  });
});
