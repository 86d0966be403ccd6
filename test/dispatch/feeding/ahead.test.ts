import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';
import type { ScriptedThread } from '../../simulation/world/scripted-thread.ts';

/** What it has been handed, and has not told of. */
const heldBy = ({ mail }: ScriptedThread): readonly unknown[] => mail.flatMap(({ inputs }) => inputs);

describe('a thread whose last task was long', () => {
  it('is given work behind the next one, also while nothing tells yet that this has begun', async (t) => {
    const script = new Script(t, { threads: 1 });
    const thread = script.thread(1);
    await thread.ready();
    for (const input of ['one', 'two', 'three']) script.watch(script.pool.run(input));
    await settle();
    thread.begin();
    await script.clock.advance(100);
    assert.deepEqual(heldBy(thread), ['one', 'two']);
    thread.finish('done');
    await thread.report(); // Its next task has not begun, as far as its marks tell: they are of the long one.
    assert.deepEqual(heldBy(thread), ['two', 'three']);
  });

  it('is given none behind one that is long itself', async (t) => {
    const script = new Script(t, { threads: 1 });
    const thread = script.thread(1);
    await thread.ready();
    script.watch(script.pool.run('one'));
    await settle();
    thread.begin();
    await script.clock.advance(100);
    script.watch(script.pool.run('two'));
    await settle();
    assert.deepEqual(heldBy(thread), ['one']);
  });
});
