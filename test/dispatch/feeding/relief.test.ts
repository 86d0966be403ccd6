import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';

/** A thread has nothing to do, and the other one sits on a task that it has not begun; then timers that wait. */
async function waiting(script: Script, start: () => Promise<unknown>): Promise<number> {
  await script.thread(1).ready();
  await script.thread(2).ready();
  const runs = ['one', 'two'].map((input) => script.watch(script.pool.run(input)));
  await settle();
  script.thread(1).begin();
  script.thread(2).begin();
  const last = script.watch(start());
  await settle();
  const holder = script.threads.find(({ mail }) => mail.length === 2)!;
  const idle = script.threads.find((thread) => thread !== holder)!;
  const before = script.clock.pending;
  idle.finish('done');
  await idle.report();
  assert.equal([...runs, last].filter(({ outcome }) => outcome !== undefined).length, 1);
  return script.clock.pending - before;
}

describe('a thread that has nothing to do', () => {
  it('looks again soon while another one sits on what it could take over', async (t) => {
    const script = new Script(t, { threads: 2 });
    assert.equal(await waiting(script, () => script.pool.run('three')), 1);
  });

  it('does not look where nothing can be taken over, for memory has moved with it', async (t) => {
    const script = new Script(t, { threads: 2 });
    assert.equal(await waiting(script, () => script.pool.run('three', { transferList: [new ArrayBuffer(1)] })), 0);
  });
});
