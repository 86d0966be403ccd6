import assert from 'node:assert/strict';
import { isFromThread } from '../../../src/core/wire/wire-check.ts';
import { oneIn } from '../../soak.ts';
import { open, whole } from '../stage.ts';

const test = oneIn(3, import.meta.url);

test('garbage on every port that a task can reach is dropped, and the thread serves on', async (t) => {
  const pool = open(t, { threads: 2, spares: 1 });
  await pool.ready();
  const good = Array.from({ length: 20 }, (_, n) => pool.run(n));
  const sent = await pool.run(undefined as never, { name: 'sendGarbage' });
  assert.ok((sent as number) >= 40, 'it reached at least two ports');
  assert.deepEqual(
    await Promise.all(good),
    good.map((_, n) => n),
  );
  const afterwards = Array.from({ length: 50 }, (_, n) => pool.run(n));
  assert.deepEqual(
    await Promise.all(afterwards),
    afterwards.map((_, n) => n),
  );
  assert.ok(pool.stats().lateMessages > 0, 'garbage is counted');
  await whole(pool, 2, 1);
});

test('a task that closes what ports it finds does not cut its thread off', async (t) => {
  const pool = open(t);
  assert.equal(await pool.run(undefined as never, { name: 'closePorts' }), 'closed');
  assert.equal(await pool.run('next'), 'next');
  await whole(pool, 1, 1);
});

test('nothing but a message passes for one', () => {
  const encoded = { $: 'error', message: 'm', fields: {} };
  const good = [[0], [1, encoded], [2, 1, 0, ['v'], [0, 1], undefined], [2, 1, 0, [0], [0, 1], [[0, 'error', encoded]]], [3, 1, 0, 'v']];
  for (const message of [...good, [4, -1, 0, encoded], [5, 1, 0, encoded], [6, 0, -1, -1, -1]]) assert.ok(isFromThread(message));
  const bad = [
    null,
    undefined,
    7,
    'x',
    {},
    [],
    [7],
    [1],
    [1, null],
    [2, 1, 0, 'v', [0]],
    [2, 1, 0, [], [Number.NaN]],
    [2, 1, 0, [], [0], [1]],
  ];
  for (const message of [...bad, [3, 1], [4, 1, 1], [5, 1, 0, { $: 'error' }], [6, 0, -1, -1]]) assert.ok(!isFromThread(message));
});
