import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, open } from '../stage.ts';

const later = async (): Promise<never> => {
  throw new Error('nobody waits for this');
};

test('an async shouldRetry is refused with an error that says so; the failure of the task is its cause', async (t) => {
  const pool = open(t);
  const error = await failure(pool.run(undefined as never, { name: 'throwError', retry: { shouldRetry: later as never } }));
  assert.ok(error instanceof TypeError);
  assert.match(error.message, /^shouldRetry\(context\): Expected true or false. Got a promise/);
  assert.equal((error.cause as Error).name, 'CustomError');
});

test('an async resolve and an async equal are refused, with the ballots', async (t) => {
  const pool = open(t, { threads: 2 });
  for (const [what, rule] of [
    ['resolve', { equal: () => false, resolve: later }],
    ['equal', { equal: later }],
  ] as const) {
    const error = await failure(pool.run(1, { redundancy: { replicas: 2, quorum: 2, maxReplicas: 2, ...(rule as object) } }));
    assert.equal(error.code, 'ERR_NO_QUORUM', what);
    assert.match(error.message, new RegExp(`${what}\\(.*Got a promise`));
  }
});

test('an async quarantine key is refused: a promise would be the same key for all', async (t) => {
  const pool = open(t, { quarantine: { key: later as never } });
  assert.match((await failure(pool.run(1))).message, /^quarantine.key\(task\): Expected a string. Got a promise/);
});
