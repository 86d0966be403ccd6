import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { attemptsOf, type Ballot, NoQuorumError, Pool, type PoolOptions } from '../../../src/index.ts';
import { nextEvent, turn } from '../../next-event.ts';
import { first, further, oneIn } from '../../soak.ts';

const test = oneIn(4, import.meta.url);

const filename = new URL('../../fixtures/votes/copies.js', import.meta.url);

function open(t: TestContext, options: Partial<PoolOptions> = {}): Pool {
  const pool = new Pool({ filename, name: 'square', threads: 2, ...options });
  t.after(() => pool.close({ force: true }));
  return pool;
}

const gate = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

const places = [
  { threads: 1, spares: 0 },
  { threads: 1, spares: 1 },
  { threads: 2, spares: 0 },
  { threads: 2, spares: 1 },
  { threads: 3, spares: 1 },
];

for (const place of first(1, places)) {
  test(`every copy runs on a thread of its own, with ${place.threads} threads and ${place.spares} spares`, async (t) => {
    const pool = open(t, place);
    // No two answers are equal, so that all ballots are seen.
    const redundancy = { replicas: 3, quorum: 3, maxReplicas: 3, resolve: (ballots: readonly Ballot[]) => ballots };
    const votes = await Promise.all(Array.from({ length: 20 }, () => pool.run(null, { name: 'whichThread', redundancy })));
    for (const ballots of votes as Ballot[][]) {
      assert.equal(ballots.length, 3);
      assert.equal(new Set(ballots.map(({ value }) => value)).size, 3, `three threads among ${ballots.map(({ value }) => value)}`);
      for (const { value, threadId } of ballots) assert.equal(value, threadId);
    }
    assert.equal(pool.stats().rejected, 0);
  });
}

further('redundant and plain tasks of one pool go side by side', async (t) => {
  const pool = open(t, { threads: 2 });
  const inputs = Array.from({ length: 600 }, (_, i) => i);
  const results = await Promise.all(inputs.map((n) => pool.run(n, n % 3 === 0 ? { redundancy: 2 } : {})));
  assert.deepEqual(
    results,
    inputs.map((n) => n * n),
  );
  assert.equal(pool.stats().queued, 0);
});

further('map takes redundancy like any option', async (t) => {
  const pool = open(t, { threads: 2, redundancy: 2 });
  const results: number[] = [];
  for await (const result of pool.map([1, 2, 3, 4])) results.push(result);
  assert.deepEqual(results, [1, 4, 9, 16]);
});

test('copies that do not agree are told of, ballot by ballot', async (t) => {
  const pool = open(t, { threads: 2 });
  const verdicts: string[] = [];
  pool.on('conflict', ({ verdict, ballots }) => verdicts.push(`${verdict} ${ballots.length}`));
  const error = await pool.run([1, 2, 3, 4, 5], { name: 'byReplica', redundancy: 3 }).catch((reason: unknown) => reason);
  assert.ok(error instanceof NoQuorumError);
  assert.equal(error.code, 'ERR_NO_QUORUM');
  assert.deepEqual(error.ballots.map(({ value }) => value).toSorted(), [1, 2, 3, 4, 5]);
  assert.equal(new Set(error.ballots.map(({ threadId }) => threadId)).size, 5);
  assert.deepEqual(attemptsOf(error), [], 'no attempt has failed');
  assert.deepEqual(verdicts, ['extra 3', 'extra 4', 'none 5']);
});

further('a copy that runs when the verdict is in is told that it is not needed', async (t) => {
  const pool = open(t, { threads: 3 });
  await pool.ready();
  const [begun, told] = [gate(), gate()];
  assert.equal(await pool.run([begun, told], { name: 'untilTold', redundancy: 3 }), 'agreed');
  while (Atomics.load(told, 0) === 0) await turn();
  assert.equal(pool.stats().threadStarts, 4, 'nobody wanted its thread');
});

further('a ballot that comes after the verdict convicts its thread', async (t) => {
  const pool = open(t, { threads: 3 });
  await pool.ready();
  const [begun, end] = [gate(), gate()];
  assert.equal(await pool.run([begun, end], { name: 'lateAndWrong', redundancy: 3 }), 1);
  const [conflict, crash] = [nextEvent(pool, 'conflict'), nextEvent(pool, 'crash')];
  Atomics.store(end, 0, 1);
  Atomics.notify(end, 0);
  const { ballots, verdict } = await conflict;
  assert.equal(verdict, 'quorum');
  assert.deepEqual(
    ballots.map(({ value }) => value),
    [1, 2],
  );
  const report = await crash;
  assert.equal(report.reason, 'outvoted');
  assert.equal(report.threadId, ballots[1]?.threadId);
  assert.equal(await pool.run(3, { redundancy: 3 }), 9);
});

test('copies that crash are replaced, and have no vote', async (t) => {
  const pool = open(t, { threads: 2, name: 'crashing' });
  assert.equal(await pool.run({ replica: 1, last: 2 }, { redundancy: { replicas: 2, quorum: 2 } }), 7);
  assert.equal(pool.stats().retries, 1);
  const error = await pool
    .run({ replica: 1, last: 99 }, { redundancy: { replicas: 2, quorum: 2, maxReplicas: 2 } })
    .catch((reason: unknown) => reason);
  assert.equal((error as { code: string }).code, 'ERR_WORKER_CRASHED');
  const attempts = attemptsOf(error);
  assert.equal(attempts.length, 4, 'one attempt and three retries');
  assert.ok(attempts.every(({ replica, kind }) => replica === 1 && kind === 'crash'));
});

further('an error that every copy throws is delivered as it is', async (t) => {
  const pool = open(t, { filename: new URL('../../fixtures/tasks.js', import.meta.url), name: 'fail', redundancy: 3 });
  await assert.rejects(pool.run('mine'), { name: 'TypeError', message: 'mine' });
});

test('a caller who aborts ends every copy', async (t) => {
  const pool = open(t, { threads: 3, spares: 0 });
  await pool.ready();
  const controller = new AbortController();
  const result = pool.run(0, { name: 'spinning', redundancy: 3, signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(result, { code: 'ERR_TASK_ABORTED' });
  assert.equal(await pool.run(2, { redundancy: 3 }), 4);
});

further('the total time-out ends every copy, and a time-out of each ends the task', async (t) => {
  const pool = open(t, { threads: 2, retry: false });
  await assert.rejects(pool.run(0, { name: 'spinning', redundancy: 2, timeout: { total: 200 } }), {
    code: 'ERR_TASK_TIMEOUT',
    phase: 'total',
  });
  await assert.rejects(pool.run(0, { name: 'spinning', redundancy: 2, timeout: { run: 50 } }), { code: 'ERR_TASK_TIMEOUT', phase: 'run' });
  assert.equal(await pool.run(2, { redundancy: 2 }), 4);
});

further('a closing pool finishes its votes, or with force drops them', async (t) => {
  const finishing = open(t, { threads: 1, redundancy: 3 });
  const results = [1, 2, 3].map((n) => finishing.run(n));
  await finishing.close();
  assert.deepEqual(await Promise.all(results), [1, 4, 9]);
  const dropping = open(t, { threads: 2, redundancy: 3 });
  const dropped = dropping.run(0, { name: 'spinning' });
  dropped.catch(() => {});
  await dropping.ready();
  await dropping.close({ force: true });
  await assert.rejects(dropped, { code: 'ERR_POOL_CLOSED' });
});

further('tasks of a quarantined key are refused, in copies too', async (t) => {
  const pool = open(t, { threads: 2, retry: false, quarantine: { after: 1, ttl: 60_000 } });
  const redundancy = { replicas: 2, quorum: 2, maxReplicas: 2 };
  await assert.rejects(pool.run({ replica: 1, last: 99 }, { name: 'crashing', redundancy, key: 'k' }), { code: 'ERR_WORKER_CRASHED' });
  await assert.rejects(pool.run(1, { redundancy, key: 'k' }), { code: 'ERR_TASK_QUARANTINED' });
});

test('maxQueue counts tasks, not copies', async (t) => {
  const pool = open(t, { threads: 1, spares: 0, maxQueue: 4, redundancy: 3 });
  await pool.ready();
  const accepted = Array.from({ length: 5 }, (_, n) => pool.run(n));
  const refused = pool.run(5);
  await assert.rejects(refused, { code: 'ERR_QUEUE_FULL' });
  assert.deepEqual(await Promise.all(accepted), [0, 1, 4, 9, 16]);
});

further('an input that cannot be cloned is no conflict', async (t) => {
  const pool = open(t, { redundancy: 3 });
  await assert.rejects(pool.run((() => {}) as never), { code: 'ERR_TASK_NOT_CLONEABLE', direction: 'argument' });
  assert.equal(await pool.run(2), 4);
});

further('what is left over when all is done: nothing', async (t) => {
  const pool = open(t, { threads: 2, redundancy: 3 });
  await Promise.all(Array.from({ length: 500 }, (_, n) => pool.run(n)));
  await pool.drain();
  // Copies that were not needed may still be on their way.
  while (pool.stats().threads.busy > 0) await turn();
  const { queued, running, open: left, threads } = pool.stats();
  assert.deepEqual([queued, running, left, threads.orphan, threads.stopping], [0, 0, 0, 0, 0]);
});
