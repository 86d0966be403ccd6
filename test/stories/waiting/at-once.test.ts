import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';
import type { ScriptedThread } from '../../simulation/world/scripted-thread.ts';
import { MISDEEDS, open } from '../stage.ts';

const bundles = (thread: ScriptedThread): unknown[][] => thread.mail.map(({ inputs }) => [...inputs]);

test('an idle thread has its task before run returns; what follows in the same turn travels together', async (t) => {
  const script = new Script(t, { threads: 2 });
  await script.thread(1).ready();
  await script.warmUp(script.thread(1));
  await script.thread(2).ready();
  script.watch(script.pool.run('a'));
  script.watch(script.pool.run('b'));
  assert.deepEqual(
    [1, 2].map((n) => bundles(script.thread(n))),
    [[['a']], [['b']]],
  );
  for (const n of ['c', 'd', 'e']) script.watch(script.pool.run(n));
  assert.deepEqual(
    [1, 2].map((n) => script.thread(n).mail.length),
    [1, 1],
  );
  await settle();
  assert.deepEqual(
    [1, 2].map((n) => bundles(script.thread(n))),
    [
      [['a'], ['c', 'd']],
      [['b'], ['e']],
    ],
  );
});

test('a getter of an input that submits a task disturbs nobody', async (t) => {
  const script = new Script(t, { threads: 1 });
  await script.thread(1).ready();
  const inner: { outcome?: unknown }[] = [];
  const input = {
    get value(): string {
      inner.push(script.watch(script.pool.run('inner')));
      return 'outer';
    },
  };
  const outer = script.watch(script.pool.run(input));
  await settle();
  while ((await script.thread(1).work()).length > 0);
  assert.deepEqual([outer.outcome, inner[0]?.outcome], [{ value: 'outer' }, 'inner']);
});

test('a program that blocks in the turn in which it has called run finds its task at work', async (t) => {
  const pool = open(t, { filename: MISDEEDS, threads: 2 });
  await pool.ready();
  const words = new Int32Array(new SharedArrayBuffer(4));
  const runs = [pool.run(words, { name: 'countStart' }), pool.run(words, { name: 'countStart' })];
  for (let seen = 0; seen < 2; seen = Atomics.load(words, 0)) Atomics.wait(words, 0, seen, 10);
  await Promise.all(runs);
});
