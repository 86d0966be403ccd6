import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { attemptsOf, NoQuorumError, Pool, type PoolOptions } from '../../../src/index.ts';
import { first, further, oneIn } from '../../soak.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../../fixtures/votes/copies.js', import.meta.url);
const TWO = { replicas: 2, quorum: 2, maxReplicas: 4 } as const;

function open(t: TestContext, options: Partial<PoolOptions> = {}): Pool {
  const pool = new Pool({ filename, name: 'square', threads: 2, ...options });
  t.after(() => pool.close({ force: true }));
  return pool;
}

for (const threads of first(1, [1, 2, 3])) {
  test(`a pool that is closed in the middle of a conflict finishes the vote, with ${threads} threads`, async (t) => {
    const pool = open(t, { threads });
    let closed: Promise<unknown> | undefined;
    pool.on('conflict', () => {
      closed ??= pool.close();
    });
    assert.equal(await pool.run([1, 2, 1], { name: 'byReplica', redundancy: TWO }), 1);
    assert.deepEqual(await closed, { completed: 1, dropped: 0, killed: 0 });
  });
}

further('a pool that is closed by force in the middle of a conflict drops the task, and starts no further copy', async (t) => {
  const pool = open(t);
  const verdicts: string[] = [];
  let closed: ReturnType<Pool['close']> | undefined;
  pool.on('conflict', ({ verdict }) => {
    verdicts.push(verdict);
    closed ??= pool.close({ force: true });
  });
  await assert.rejects(pool.run([1, 2, 1], { name: 'byReplica', redundancy: TWO }), { code: 'ERR_POOL_CLOSED' });
  assert.equal((await closed)?.dropped, 1);
  assert.deepEqual(verdicts, ['extra']);
});

test('with one thread every copy has a fresh thread, up to maxReplicas, and then there is no guess', async (t) => {
  const pool = open(t, { threads: 1, spares: 0 });
  const error = await pool.run([1, 2, 3, 4, 5], { name: 'byReplica', redundancy: TWO }).catch((reason: unknown) => reason);
  assert.ok(error instanceof NoQuorumError);
  assert.deepEqual(
    error.ballots.map(({ value, slot }) => [value, slot]),
    [1, 2, 3, 4].map((value) => [value, 0]),
  );
  assert.equal(new Set(error.ballots.map(({ threadId }) => threadId)).size, 4);
  assert.equal(await pool.run(3), 9);
});

for (const [what, equal, message] of [
  [
    'throws',
    () => {
      throw new Error('no idea');
    },
    /redundancy\.equal.*no idea/,
  ],
  ['is asynchronous', (async () => true) as unknown as () => boolean, /redundancy\.equal.*Got a promise/],
] as const) {
  further(`a comparison that ${what} is blamed; no thread is`, async (t) => {
    const pool = open(t);
    pool.on('crash', ({ reason }) => assert.fail(reason));
    await assert.rejects(pool.run(2, { redundancy: { ...TWO, equal } }), { code: 'ERR_NO_QUORUM', message });
    assert.equal(await pool.run(2, { redundancy: TWO }), 4);
    assert.equal(pool.health(), 'ok');
  });
}

test('a wrong copy and one that crashes, of one task: the wrong one loses, the other is replaced', async (t) => {
  const pool = open(t, { threads: 3 });
  const reasons: string[] = [];
  pool.on('workerExit', ({ reason }) => reasons.push(reason));
  assert.equal(await pool.run(null, { name: 'wrongAndCrashing', redundancy: TWO }), 7);
  assert.equal(pool.stats().retries, 1);
  while (reasons.length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(reasons.toSorted(), ['exit', 'outvoted']);
});

further('without any retry budget, a disputed task ends all the same, and so do the fresh ones beside it', async (t) => {
  const pool = open(t, { retryBudget: 0 });
  await pool.ready();
  const disputed = pool.run([1, 2, 1], { name: 'byReplica', redundancy: TWO });
  const fresh = Promise.all(Array.from({ length: 2_000 }, (_, n) => pool.run(n)));
  assert.equal(await disputed, 1);
  assert.equal((await fresh).length, 2_000);
});

further('a task that fails in every copy counts once in quarantine', async (t) => {
  const pool = open(t, { retry: false, quarantine: { after: 2, ttl: 60_000 } });
  const redundancy = { replicas: 2, quorum: 2, maxReplicas: 2 };
  const crash = () => pool.run({ replica: 1, last: 99 }, { name: 'crashing', redundancy, key: 'k' }).catch((reason: unknown) => reason);
  for (let i = 0; i < 2; i++) {
    const error = await crash();
    assert.equal((error as { code?: string }).code, 'ERR_WORKER_CRASHED');
    assert.equal(attemptsOf(error).length, 1);
  }
  assert.equal(((await crash()) as { code?: string }).code, 'ERR_TASK_QUARANTINED');
});
