import assert from 'node:assert/strict';
import { attemptsOf, type LostWork, Pool, type RejectedTask, type Work } from '../../src/index.ts';
import { nextEvent, turn } from '../next-event.ts';
import { oneIn } from '../soak.ts';

const it = oneIn(4, import.meta.url);

const filename = new URL('../fixtures/tasks.js', import.meta.url);

it('a watch is told of every attempt that a thread ends, many short ones in one call', async (t) => {
  await using pool = new Pool({ filename, threads: 2, spares: 0 });
  const works: Work[] = [];
  const watch = pool.watch({ worked: (work) => void works.push(work) });
  await Promise.all(Array.from({ length: 2_000 }, (_, i) => pool.run(i)));
  assert.equal(
    works.reduce((sum, { times }) => sum + times.length - 1, 0),
    2_000,
  );
  t.diagnostic(`${works.length} reports`);
  assert.ok(works.length < 1_000);
  for (const { slot, times, odd, waited } of works) {
    assert.ok(slot === 0 || slot === 1);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(times.at(-1)! <= watch.now() && (waited ?? 0) >= 0);
    assert.deepEqual(odd, []);
  }
  watch.stop();
  const told = works.length;
  await pool.run(1);
  assert.equal(works.length, told);
});

const sumOf = (works: readonly Work[]): number =>
  works.reduce((sum, { times, further }) => sum + times.length - 1 + (further?.count ?? 0), 0);

it('a watch that gathers is told of a flood in sums, of all attempts once, and of each failure by itself', async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 0, retry: 0 });
  const works: Work[] = [];
  const watch = pool.watch({ worked: (work) => void works.push(work) });
  assert.throws(() => watch.gather(Number.NaN, 16), { code: 'ERR_INVALID_OPTION', message: /^reports: Expected a whole number/ });
  watch.gather(2, 3_600_000);
  for (let i = 0; i < 5; i++) await pool.run(i);
  assert.equal(works.length, 2, 'two are told, and the others wait');
  await assert.rejects(pool.run('no', { name: 'fail' }));
  assert.deepEqual(
    works.map(({ times, odd, further }) => [times.length - 1, odd, further?.count]),
    [
      [1, [], undefined],
      [1, [], undefined],
      [1, [], 2],
      [1, [[0, 'error']], undefined],
    ],
  );
  const { times, further } = works[2]!;
  assert.ok(
    further!.until > times[1]! && further!.until <= works[3]!.times[0]! && further!.busy > 0 && further!.busy < further!.until - times[0]!,
  );
  await Promise.all(Array.from({ length: 2_000 }, (_, i) => pool.run(i)));
  assert.equal(works.length, 4);
  watch.gather(0, 0);
  assert.equal(works.length, 5);
  assert.equal(sumOf(works), 2_006);
  await pool.run(1);
  assert.equal(sumOf(works), 2_007, 'nothing is gathered');
  watch.gather(0, 3_600_000);
  await pool.run(1);
  assert.equal(sumOf(works), 2_007);
  watch.stop();
  assert.equal(sumOf(works), 2_008, 'what was gathered is told at the end');
});

it('it is told of what a thread had ended before it is told of its death', async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 0, retry: 0 });
  const told: string[] = [];
  const watch = pool.watch({
    worked: (work) => void told.push(`${sumOf([work])} ended`),
    lost: ({ name }) => void told.push(`${name} lost`),
  });
  watch.gather(0, 3_600_000);
  await pool.run(1);
  await pool.run(2);
  await assert.rejects(pool.run(3, { name: 'exit' }));
  assert.deepEqual(told, ['2 ended', 'exit lost']);
});

it('where another watch does not gather, both are told of every report', async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 0 });
  const [gathers, every]: [Work[], Work[]] = [[], []];
  pool.watch({ worked: (work) => void gathers.push(work) }).gather(0, 3_600_000);
  const other = pool.watch({ worked: (work) => void every.push(work) });
  for (let i = 0; i < 3; i++) await pool.run(i);
  assert.deepEqual([gathers.length, every.length], [3, 3]);
  other.stop();
  for (let i = 0; i < 3; i++) await pool.run(i);
  assert.deepEqual([gathers.length, every.length], [3, 3]);
});

it('it is told which attempt failed, was given up, or ended with its thread, and of the tasks that failed', async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 0, retry: 1, abortGrace: 0 });
  const works: Work[] = [];
  const lost: LostWork[] = [];
  const rejected: RejectedTask[] = [];
  pool.watch({ worked: (work) => void works.push(work), lost: (one) => void lost.push(one), rejected: (one) => void rejected.push(one) });
  await assert.rejects(pool.run('no', { name: 'fail' }));
  assert.deepEqual(
    works.map(({ name, odd }) => ({ name, odd })),
    [{ name: 'fail', odd: [[0, 'error']] }],
  );
  await assert.rejects(pool.run(undefined, { name: 'spin', timeout: 100 }));
  while (lost.length < 2) await turn(); // A thread is dead a moment after its task was given up.
  assert.deepEqual(
    lost.map(({ name, attempt, reason, slot }) => ({ name, attempt, reason, slot })),
    [1, 2].map((attempt) => ({ name: 'spin', attempt, reason: 'timeout', slot: 0 })),
  );
  assert.ok(lost.every(({ startedAt, endedAt }) => endedAt - startedAt >= 99));
  assert.deepEqual(
    rejected.map(({ name, kind, error }) => ({ name, kind, attempts: attemptsOf(error).length })),
    [
      { name: 'fail', kind: 'error', attempts: 1 },
      { name: 'spin', kind: 'timeout', attempts: 2 },
    ],
  );
});

it('it can be asked what the threads are at', async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 1, timeout: { run: Number.POSITIVE_INFINITY } });
  await pool.ready();
  const watch = pool.watch({});
  const told = new Promise((resolve) => {
    void pool.run(0, { name: 'tellAndSpin', onProgress: resolve }).catch(() => {});
  });
  await told;
  const [busy, ...others] = watch.threads();
  assert.equal(watch.slots, 1);
  assert.deepEqual([busy?.slot, busy?.state, busy?.current?.name, busy?.current?.attempt], [0, 'busy', 'tellAndSpin', 1]);
  assert.ok(busy!.current!.startedAt <= watch.now());
  assert.ok(others.every(({ slot, current }) => slot === -1 && current === undefined));
  const exited = nextEvent(pool, 'workerExit');
  await pool.close({ force: true });
  await exited;
  await turn();
});

it('a watcher that throws harms nobody', async () => {
  await using pool = new Pool({ filename, threads: 1, spares: 0, retry: false });
  const bad = () => {
    throw new Error('mine');
  };
  pool.watch({ worked: bad, lost: bad, rejected: bad });
  assert.equal(await pool.run(1), 1);
  await assert.rejects(pool.run('no', { name: 'fail' }), /no/);
  await assert.rejects(pool.run(3, { name: 'exit' }), { code: 'ERR_WORKER_CRASHED' });
  assert.equal(await pool.run(2), 2);
});
