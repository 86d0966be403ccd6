import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Ballot, type CrashReport, NoQuorumError, Pool, type PoolEvents, type PoolOptions } from '../../../src/index.ts';
import { nextEvent } from '../../next-event.ts';
import { first, further, oneIn } from '../../soak.ts';
import { type Passing, spoil, tampering } from './tampering.ts';

const test = oneIn(4, import.meta.url);

const filename = new URL('../../fixtures/votes/large-results.js', import.meta.url);
const TWO = { replicas: 2, quorum: 2, maxReplicas: 4 } as const;
const rows = (first: number): unknown => Array.from({ length: 5_000 }, (_, i) => ({ id: first + i, name: `row ${first + i}` }));

interface Watched {
  readonly pool: Pool;
  /** Whether each result that has arrived was sealed. */
  readonly sealed: boolean[];
  readonly conflicts: PoolEvents['conflict'][];
  readonly reports: CrashReport[];
}

function open(t: TestContext, options: Partial<PoolOptions> = {}, passing: Passing = () => {}): Watched {
  const sealed: boolean[] = [];
  const watch: Passing = (bytes, threadId) => {
    sealed.push(bytes !== undefined);
    passing(bytes, threadId);
  };
  const pool = new Pool({ filename, name: 'rows', threads: 3, spares: 0, redundancy: TWO, ...options }, tampering(watch));
  const conflicts: PoolEvents['conflict'][] = [];
  const reports: CrashReport[] = [];
  pool.on('conflict', (event) => conflicts.push(event));
  pool.on('crash', (report) => reports.push(report));
  const alive = setInterval(() => {}, 60_000);
  t.after(() => {
    clearInterval(alive);
    return pool.close({ force: true });
  });
  return { pool, sealed, conflicts, reports };
}

for (const isolation of ['thread', 'process'] as const) {
  test(`a large result comes sealed, and one of the copies is read; isolation ${isolation}`, async (t) => {
    const { pool, sealed, conflicts } = open(t, { isolation });
    assert.deepEqual(await pool.run(7), rows(7));
    assert.deepEqual(sealed, [true, true]);
    assert.deepEqual(conflicts, []);
  });

  test(`a result that changes after it was compared is not delivered, and its thread is replaced; isolation ${isolation}`, async (t) => {
    let spoilt: number | undefined;
    const { pool, conflicts, reports } = open(t, { isolation }, (bytes, threadId) => {
      if (bytes === undefined || spoilt !== undefined) return;
      spoilt = threadId;
      spoil(bytes);
    });
    const crashed = nextEvent(pool, 'crash');
    assert.deepEqual(await pool.run(7), rows(7));
    await crashed;
    assert.deepEqual(
      reports.map(({ reason, threadId }) => [reason, threadId]),
      [['outvoted', spoilt]],
    );
    assert.deepEqual(
      conflicts.map(({ verdict, ballots }) => [verdict, ballots.map(({ value }) => value)]),
      [['quorum', [undefined, rows(7)]]],
    );
    assert.equal(pool.stats().retries, 0, 'the other had the same digest');
    assert.match(await pool.metrics.metrics(), /ballots_total\{[^}]*result="broken"\} 1\n/);
  });
}

for (const threads of first(1, [1, 2])) {
  test(`where every copy has changed, they run again as after a crash, with ${threads} threads`, async (t) => {
    let left = 2;
    const { pool } = open(t, { threads }, (bytes) => {
      if (bytes !== undefined && left-- > 0) spoil(bytes);
    });
    assert.deepEqual(await pool.run(7), rows(7));
    assert.equal(pool.stats().retries, 2);
  });
}

further('where every copy changes every time, that is an error, and not forever', async (t) => {
  let runs = 0;
  const { pool } = open(t, { retry: { retries: 1, minTimeout: 0 }, restart: { intensity: 1000 } }, (bytes) => {
    if (bytes === undefined) return;
    runs++;
    spoil(bytes);
  });
  await assert.rejects(pool.run(7), { code: 'ERR_WORKER_CRASHED', message: /had changed when it was read/ });
  assert.ok(runs >= 4 && runs <= 16, `${runs} runs`);
});

further('without retry, a result that has changed in every copy is lost', async (t) => {
  const { pool } = open(t, { retry: false, redundancy: { ...TWO, maxReplicas: 2 } }, (bytes) => bytes && spoil(bytes));
  await assert.rejects(pool.run(7), { code: 'ERR_WORKER_CRASHED', message: /had changed when it was read/ });
});

further('copies that agree in other bytes agree', async (t) => {
  const { pool, sealed, conflicts } = open(t, { name: 'anyOrder' });
  assert.deepEqual(await pool.run(7), rows(7));
  assert.deepEqual([sealed, conflicts], [[true, true], []]);
});

test('of two that agree in other bytes, one that has changed is found out before they are compared', async (t) => {
  let spoilt = false;
  const { pool, reports } = open(t, { name: 'anyOrder' }, (bytes) => {
    if (bytes === undefined || spoilt) return;
    spoilt = true;
    spoil(bytes);
  });
  assert.deepEqual(await pool.run(7), rows(7));
  while (reports.length === 0) await nextEvent(pool, 'crash');
  assert.equal(pool.stats().retries, 1);
});

further('copies that do not agree: the wrong one loses, and every ballot has its value', async (t) => {
  const { pool, conflicts, reports } = open(t, { name: 'rowsByReplica' });
  assert.deepEqual(await pool.run([1, 2, 1]), rows(1));
  assert.deepEqual(
    conflicts.map(({ verdict, ballots }) => [verdict, ballots.map(({ replica, value }) => [replica, value]).toSorted()]),
    [
      ['extra', [0, 1].map((i) => [i, rows([1, 2][i]!)])],
      ['quorum', [0, 1, 2].map((i) => [i, rows([1, 2, 1][i]!)])],
    ],
  );
  while (reports.length === 0) await nextEvent(pool, 'crash');
  assert.equal(reports[0]?.reason, 'outvoted');
});

test('no quorum: every ballot has its value', async (t) => {
  const { pool } = open(t, { name: 'rowsByReplica' });
  const error = await pool.run([1, 2, 3, 4]).catch((reason: unknown) => reason);
  assert.ok(error instanceof NoQuorumError);
  const values = error.ballots.toSorted((a, b) => a.replica - b.replica).map(({ value }) => value);
  assert.deepEqual(values, [1, 2, 3, 4].map(rows));
});

further('resolve is given values', async (t) => {
  const { pool, sealed } = open(t, { name: 'numbersByReplica' });
  const redundancy = { replicas: 3, quorum: 3, maxReplicas: 3 };
  assert.deepEqual(await pool.run([1, 5, 2], { redundancy: { ...redundancy, resolve: 'median' } }), new Float64Array(10_000).fill(2));
  const first = (ballots: readonly Ballot[]): unknown => ballots.find(({ replica }) => replica === 1)?.value;
  assert.deepEqual(await pool.run([1, 5, 2], { redundancy: { ...redundancy, resolve: first } }), new Float64Array(10_000).fill(5));
  assert.ok(sealed.every(Boolean));
});

test('a sealed ballot that comes after the verdict convicts its thread, and has its value', async (t) => {
  const { pool } = open(t, { name: 'lateAndWrong', redundancy: 3 });
  await pool.ready();
  const [begun, gate] = [new Int32Array(new SharedArrayBuffer(4)), new Int32Array(new SharedArrayBuffer(4))];
  assert.deepEqual(await pool.run([begun, gate]), rows(1));
  const conflict = nextEvent(pool, 'conflict');
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  assert.deepEqual(
    (await conflict).ballots.map(({ value }) => value),
    [rows(1), rows(2)],
  );
});

further('a task may go on using what it has returned', async (t) => {
  const { pool, conflicts } = open(t, { name: 'reused', threads: 2 });
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => pool.run(n)));
  results.forEach((result, n) => {
    assert.deepEqual(result, new Float64Array(10_000).fill(n));
  });
  assert.deepEqual(conflicts, []);
});

further('a cycle is no hindrance', async (t) => {
  const { pool, sealed } = open(t, { name: 'cyclic' });
  const ring = (await pool.run(3)) as { rows: unknown; next: unknown };
  assert.deepEqual([ring.rows, ring.next === ring, sealed], [rows(3), true, [true, true]]);
});

further('results are not sealed if nobody compares them exactly, or if their memory moves anyway', async (t) => {
  const { pool, sealed } = open(t);
  assert.deepEqual(await pool.run(1, { redundancy: false }), rows(1));
  assert.deepEqual(await pool.run(1, { redundancy: { ...TWO, equal: { abs: 0.1 } } }), rows(1));
  assert.deepEqual(await pool.run(1, { name: 'moved' }), new Float64Array(10_000).fill(1));
  assert.deepEqual(sealed, [false, false, false, false, false]);
});
