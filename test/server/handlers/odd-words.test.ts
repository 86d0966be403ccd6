import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Server, type ServerOptions, startServer } from '../../../src/server/index.ts';
import { compiled } from '../../fixtures/deep.ts';
import { drawn, first } from '../../soak.ts';
import { codeOf, PATIENT } from '../stage.ts';

type Module = typeof import('../fixtures/odd.ts');

/** With the usual restart intensity, unless it says how often its threads may die. */
function startOdd(options: Partial<ServerOptions<Module>> = {}): Promise<Server<Module>> {
  return startServer<Module>({
    filename: new URL('../fixtures/odd.js', import.meta.url),
    ...PATIENT,
    handlerTimeout: 500,
    ...options,
  });
}

const WORDS = ['replies', 'repliesLater', 'answers', 'fails', 'throws', 'asks', 'asksFailed', 'asksThrown'] as const;

for (const [odd, code] of [
  ['exits', 'ERR_SERVER_CRASHED'],
  ['loops', 'ERR_SERVER_HANDLER_TIMEOUT'],
] as const) {
  test(`a word that ${odd} when it is copied costs its own call, and no other`, async () => {
    for (const more of first(1, [{}, { recover: 'init' as const }])) {
      await using server = await startOdd({ ...more, retry: 0, restart: { intensity: WORDS.length, minTimeout: 0 } });
      for (const word of drawn(3, WORDS)) {
        // Something else on both sides: of several words that are sent at once it is still that one.
        const calls = [server.call('take', 1), server.call(word, odd), server.call('take', 2)];
        assert.deepEqual(await Promise.all(calls.map(codeOf)), ['fulfilled: number', code, 'fulfilled: number'], word);
      }
      assert.deepEqual(await server.call('now'), { count: 0, heard: 0 });
    }
  });
}

test('what nobody can read costs its own call, and neither the program nor a thread', async () => {
  for (const replicas of drawn(1, [1, 3])) {
    await using server = await startOdd({ replicas, keep: 10 });
    await using other = await startOdd();
    const field = compiled();
    server.cast('note', { field } as never);
    server.send({ field });
    assert.equal(await codeOf(server.call('take', { field })), 'ERR_SERVER_NOT_CLONEABLE');
    assert.equal(await codeOf(server.call('answers', 'unreadable')), 'ERR_SERVER_NOT_CLONEABLE');
    const failure = await server.call('fails', 'unreadable').catch((error: unknown) => error);
    assert.equal((failure as Error).message, 'unreadable');
    await server.call('drops', other.name);
    assert.equal(await codeOf(server.call('add')), 'fulfilled: 3');
    assert.deepEqual(await server.call('now'), { count: 3, heard: 0 });
    assert.deepEqual(await other.call('now'), { count: 0, heard: 0 });
    assert.equal(server.recent().find(({ name }) => name === 'take')?.message, undefined);
    assert.deepEqual([server.status().restarts, other.status().restarts], [0, 0]);
    assert.equal(await codeOf(server.call('passes', other.name)), 'ERR_SERVER_NOT_CLONEABLE');
  }
});

test('what nobody can read costs its own call in a process as well, whoever says it', async () => {
  await using server = await startOdd({ isolation: 'process', restart: { intensity: 1, minTimeout: 0 } });
  const replies = ['replies', 'repliesLater', 'asks'] as const;
  const errors = ['fails', 'asksFailed', 'asksThrown', 'throws'] as const; // The last costs the thread.
  for (const word of replies) {
    const calls = [server.call('take', 1), server.call(word, 'unreadable'), server.call('take', 2)];
    assert.deepEqual(await Promise.all(calls.map(codeOf)), ['fulfilled: number', 'ERR_SERVER_NOT_CLONEABLE', 'fulfilled: number'], word);
  }
  for (const word of errors) await assert.rejects(server.call(word, 'unreadable'), { name: 'Error', message: 'unreadable' }, word);
  assert.deepEqual(await server.call('now'), { count: 3, heard: 0 });
  assert.equal(server.status().restarts, 1);
});

test('an order that the manager would not understand is thrown in the handler that gives it', async () => {
  await using server = await startOdd({ restart: { intensity: 7, minTimeout: 0 } });
  for (const order of ['castsTo', 'castsWhat', 'asksWhom', 'asksWhat', 'asksHowLong', 'answersNobody', 'answersWhom'] as const)
    await assert.rejects(server.call(order), { name: 'TypeError', message: /Expected / }, order);
  assert.equal(await server.call('add'), 1);
});

test('a server that is stopped for a reason which cannot be copied has stopped all the same', async () => {
  for (const isolation of drawn(1, ['thread', 'process'] as const)) {
    for (const what of ['shared', 'unreadable'] as const) {
      await using server = await startOdd({ isolation });
      await server.call('stops', what);
      const reason = (await server.exited) as { kind: string; error?: unknown };
      assert.deepEqual([reason.kind, (reason.error as Error).name], ['error', 'Error'], `${what}, ${isolation}`);
    }
  }
});

test('a server whose first copy of its state nobody could read does not start', async () => {
  const filename = new URL('../fixtures/unreadable.js', import.meta.url);
  for (const name of ['copies', 'continues']) {
    const starting = startServer({ filename, export: name });
    assert.equal(await codeOf(starting), 'ERR_SERVER_STATE', name);
  }
});
