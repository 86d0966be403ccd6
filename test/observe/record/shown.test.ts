import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { CrashReport, PoolEvents } from '../../../src/index.ts';
import { KeptByKind } from '../../../src/observe/record/kept.ts';
import { shownConflict, shownDeath, shownFailure } from '../../../src/observe/record/shown.ts';

const ballots = (...values: readonly unknown[]): PoolEvents['conflict']['ballots'] =>
  values.map((value, i) => ({ value, replica: i, slot: i, threadId: i }));
const conflict = (verdict: PoolEvents['conflict']['verdict'], ...values: readonly unknown[]): PoolEvents['conflict'] => ({
  taskId: 1,
  name: 'sum',
  ballots: ballots(...values),
  verdict,
});
const lost = (event: PoolEvents['conflict']): number[] =>
  shownConflict(1, 0, event, false)
    .ballots.filter((ballot) => ballot.lost)
    .map(({ slot }) => slot);

it('ballots are letters: equal ones are equal answers, and who lost is marked', () => {
  const { ballots: shown } = shownConflict(1, 0, conflict('quorum', { a: 1 }, { a: 2 }, { a: 1 }), false);
  assert.deepEqual(
    shown.map(({ answer, lost: is, value }) => [answer, is, value]),
    [
      ['A', false, null],
      ['B', true, null],
      ['A', false, null],
    ],
  );
  assert.deepEqual(lost(conflict('quorum', 5, 6)), [1], 'the second of two came late');
  assert.deepEqual(lost(conflict('extra', 5, 6)), [], 'who was wrong will show');
  assert.deepEqual(lost(conflict('none', 5, 6, 7)), [0, 1, 2]);
  assert.equal(shownConflict(1, 0, conflict('none', 'secret'), true).ballots[0]!.value, "'secret'");
});

it('an input is shown only where it may be', () => {
  const report = {
    time: 1,
    slot: 0,
    generation: 1,
    threadId: 1,
    reason: 'crash',
    exitCode: 1,
    task: { id: 1, name: 'x', attempt: 1, input: "'secret'" },
    error: undefined,
    thread: { age: 1, heapUsed: undefined, finishedTasks: 0 },
    pool: {},
    events: [],
  } as CrashReport;
  assert.equal(shownDeath(1, report, false).task!.input, null);
  assert.equal(shownDeath(1, report, true).task!.input, "'secret'");
  assert.ok(!JSON.stringify(shownDeath(1, report, false)).includes('secret'));
});

it('whatever a task threw becomes a short text', () => {
  const hostile = new Proxy({}, { get: () => assert.fail('asked') });
  const huge = Object.assign(new Error('x'.repeat(5_000_000)), { code: 'y'.repeat(5_000_000), stack: 'z'.repeat(5_000_000) });
  for (const error of [null, undefined, 3n, Symbol('s'), '<b>', hostile, huge, Object.create(null)]) {
    const shown = shownFailure(1, 0, { taskId: 1, name: 'n'.repeat(1_000_000), kind: 'error', error });
    assert.ok(JSON.stringify(shown).length < 8_000);
  }
});

it('of a flood all are counted, and few are made', () => {
  const kept = new KeptByKind<{ id: number }>();
  let made = 0;
  for (let i = 0; i < 100_000; i++)
    kept.add(`kind ${i % 1_000}`, (id) => {
      made++;
      return { id };
    });
  assert.equal(made, 20);
  const { counts } = kept.all();
  assert.equal(
    Object.values(counts).reduce((sum, count) => sum + count, 0),
    100_000,
  );
  assert.ok(Object.keys(counts).length <= 25);
  assert.equal(kept.take()!.last.length, 20);
  assert.equal(kept.take(), null);
});
