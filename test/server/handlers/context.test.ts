import assert from 'node:assert/strict';
import { startServer } from '../../../src/server/index.ts';
import { first, oneIn } from '../../soak.ts';
import { PATIENT } from '../stage.ts';

const it = oneIn(4, import.meta.url);

const start = (more: object = {}) =>
  startServer<typeof import('../fixtures/turning.ts')>({
    filename: new URL('../fixtures/turning.js', import.meta.url),
    ...PATIENT,
    ...more,
  });

it('context() is that of the message in handlers that are done when they return, and in those that go on, whatever they did before', async () => {
  await using server = await start();
  assert.deepEqual([await server.call('atOnce'), await server.call('atOnce'), await server.call('atOnce')], [1, 2, 3]);
  assert.deepEqual([await server.call('sometimes', false), await server.call('sometimes', false)], [4, 5]);
  assert.deepEqual(await server.call('sometimes', true), [6, 6], 'for the first time');
  assert.equal(await server.call('atOnce'), 7);
  assert.deepEqual(await server.call('sometimes', true), [8, 8]);
  assert.equal(await server.call('sometimes', false), 9);
  assert.deepEqual(await server.call('always'), [10, 10]);
  const many = await Promise.all([server.call('always'), server.call('atOnce'), server.call('sometimes', true), server.call('atOnce')]);
  assert.deepEqual(many, [[11, 11], 12, [13, 13], 14]);
});

it('code that a handler has left behind never has the context of another message', async () => {
  await using server = await start();
  for (let i = 0; i < 3; i++) await server.call('leave');
  const [before] = await server.call('left');
  for (const [i, seen] of before.entries()) assert.ok(seen === i + 1 || /outside of a handler/.test(String(seen)), String(seen));
  for (let i = 0; i < 2; i++) await server.call('always');
  const [after, mine] = await server.call('left');
  assert.deepEqual([after, mine], [[5, 6], 7], 'one that went on is known for good');
});

/** A handler that was always done when it returned goes on for once; in that time something ends the thread. */
for (const how of first(1, ['throws', 'rejects', 'exits'] as const)) {
  it(`what a message has left behind that ${how} is not charged to one that goes on for once`, async () => {
    await using server = await start({ retry: 0 });
    for (let i = 0; i < 3; i++) await server.call('fall', false);
    await server.call('trap', how);
    assert.equal(await server.call('fall', true), 1);
    assert.equal(server.status().restarts, 1);
  });
}

it('what a message that goes on for once does itself is charged to it, by the next thread', async () => {
  await using server = await start({ retry: 0 });
  for (let i = 0; i < 3; i++) await server.call('falls', false);
  await assert.rejects(server.call('falls', true), /its own/);
  assert.equal(await server.call('falls', false), 0);
  assert.equal(server.status().restarts, 2);
});
