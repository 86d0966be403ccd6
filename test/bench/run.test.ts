import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case, Scale } from '../../bench/cases/case.ts';
import { SCALES } from '../../bench/cases/index.ts';
import { type Measured, runUnits } from '../../bench/runner/run.ts';
import type { Ending } from '../../bench/runner/run-child.ts';
import { type Selection, schedule } from '../../bench/runner/schedule.ts';
import { cellsOf, figureOf } from '../../bench/stats/cells.ts';

const scale: Scale = SCALES.quick;
const calibration = { roundsPerMs: 1000, threadMs: 28, replacementMs: 32, crashMs: 28, oomMs: 60 };

const fake = (name: string, more: Partial<Case> = {}): Case => ({
  name,
  title: name,
  columns: ['goodput'],
  variants: () => [{ name: 'only', params: {} }],
  limitMs: () => 1_000,
  measure: () => Promise.reject(new Error('not in this process')),
  ...more,
});

const selection = (more: Partial<Selection>): Selection => ({
  cases: [fake('one')],
  scale,
  rounds: 3,
  contenders: ['a', 'b', 'c'],
  references: ['floor'],
  ideal: 'ideal',
  ...more,
});

const options = (answers: (contender: string, round: number) => Ending) => {
  const started: string[] = [];
  let calibrations = 0;
  return {
    started,
    scale,
    threads: 2,
    seed: 10,
    start: async (order: { kind: string; contender?: string; seed?: number }): Promise<Ending> => {
      if (order.kind === 'calibrate') return { kind: 'calibration', calibration: { ...calibration, roundsPerMs: 1000 + calibrations++ } };
      started.push(order.contender!);
      return answers(order.contender!, order.seed! - 10);
    },
  };
};

const ok = (goodput: number, more: object = {}): Ending => ({ kind: 'outcome', outcome: { status: 'ok', figures: { goodput, ...more } } });

test('contenders alternate, and each round begins with another one', () => {
  const order = schedule(selection({})).map(({ contender, round }) => contender + round);
  assert.deepEqual(order, ['a1', 'b1', 'c1', 'b2', 'c2', 'a2', 'c3', 'a3', 'b3']);
});

test('a case with a closed form measures it in each round; a reference joins only where it is named', () => {
  const ideal = async () => ({ status: 'ok' as const, figures: {} });
  const named = { variants: () => [{ name: 'only', params: {}, contenders: ['floor', 'a'] }] };
  const who = schedule(selection({ cases: [fake('x', { ideal }), fake('y', named)], rounds: 1 })).map(({ contender }) => contender);
  assert.deepEqual(who, ['ideal', 'a', 'b', 'c', 'a', 'floor']);
});

test('a case that needs fewer rounds sits the others out', () => {
  const order = schedule(selection({ cases: [fake('x', { mostRounds: 1 }), fake('y')], rounds: 2, contenders: ['a'] }));
  assert.deepEqual(
    order.map((unit) => unit.case.name + unit.round),
    ['x1', 'y1', 'y2'],
  );
});

test('a contender that hangs is reported as hung with what it lost, is not tried again, and the run goes on', async () => {
  const run = options((contender) => (contender === 'b' ? { kind: 'too late', figures: { accepted: 10, settled: 4 } } : ok(100)));
  const { samples } = await runUnits(schedule(selection({})), run);
  const hung = cellsOf(samples).find((cell) => cell.contender === 'b')!;
  assert.equal(hung.status, 'hung');
  assert.equal(figureOf(hung, 'lost'), 6);
  assert.match(hung.note!, /time limit/);
  assert.equal(run.started.filter((name) => name === 'b').length, 1);
  assert.equal(run.started.filter((name) => name === 'a').length, 3);
  assert.equal(run.started.filter((name) => name === 'c').length, 3);
});

test('who hung in a variant is not tried in a harder one', async () => {
  const run = options((contender) => (contender === 'b' ? { kind: 'too late', figures: {} } : ok(100)));
  const variants = () => [
    { name: 'mild', params: {} },
    { name: 'hard', params: {}, milder: 'mild' },
    { name: 'harder', params: {}, milder: 'hard' },
  ];
  const { samples } = await runUnits(schedule(selection({ cases: [fake('one', { variants })], contenders: ['a', 'b'], rounds: 2 })), run);
  const seen = cellsOf(samples).filter((cell) => cell.contender === 'b');
  assert.deepEqual(
    seen.map(({ variant, status, note }) => [variant, status, note]),
    [
      ['mild', 'hung', 'killed after its time limit'],
      ['hard', 'not tried', 'it did not come through mild'],
      ['harder', 'not tried', 'it did not come through hard'],
    ],
  );
  assert.deepEqual([run.started.filter((name) => name === 'a').length, run.started.filter((name) => name === 'b').length], [6, 1]);
});

test('a contender whose process ends is reported as died, with how', async () => {
  const run = options((contender) => (contender === 'a' ? { kind: 'died', figures: {}, how: 'exit 134: heap' } : ok(1)));
  const { samples } = await runUnits(schedule(selection({ rounds: 1 })), run);
  const [died] = samples;
  assert.equal(died!.status, 'died');
  assert.match(died!.note!, /exit 134: heap/);
});

test('a hang in one round of several is not averaged away', async () => {
  const run = options((contender, round) => (contender === 'a' && round === 2 ? { kind: 'too late', figures: {} } : ok(1)));
  const { samples } = await runUnits(schedule(selection({})), run);
  assert.equal(cellsOf(samples).find((cell) => cell.contender === 'a')!.status, 'hung');
});

test('every round is calibrated, but all do the same work', async () => {
  const { calibrations } = await runUnits(
    schedule(selection({})),
    options(() => ok(1)),
  );
  assert.deepEqual(
    calibrations.map(({ roundsPerMs }) => roundsPerMs),
    [1000, 1000, 1000],
  );
});

test('the share of the ideal is taken against the ideal of the same round', async () => {
  const ideal = async () => ({ status: 'ok' as const, figures: {} });
  const run = options((contender, round) =>
    contender === 'ideal' ? ok(round * 100, { serviceMs: 1 }) : ok(round * 50, contender === 'b' ? { overheadMs: 1 } : {}),
  );
  const { samples } = await runUnits(schedule(selection({ cases: [fake('one', { ideal })] })), run);
  const cells = cellsOf(samples);
  const share = (who: string) => cells.find((cell) => cell.contender === who)!.figures.shareOfIdeal;
  assert.deepEqual(share('a'), { median: 0.5, low: 0.5, high: 0.5, runs: 3 });
  // Faults that cost as much as the work halve what can be had, so half of the plain ideal is all of it.
  assert.equal(share('b')!.median, 1);
});

test('a loss in one round of three is a loss', async () => {
  const run = options((_, round) => ok(1, { lost: round === 2 ? 5 : 0, p99: round }));
  const [cell] = cellsOf((await runUnits(schedule(selection({ contenders: ['a'] })), run)).samples);
  assert.equal(figureOf(cell, 'lost'), 5);
  assert.equal(figureOf(cell, 'p99'), 2);
});

test('after each case of each round it is told what is known by then', async () => {
  const told: [string[], number, number][] = [];
  const run = {
    ...options(() => ok(1)),
    onCase: ({ samples, done, of }: Measured) => told.push([samples.map((sample) => sample.case + sample.round), done, of]),
  };
  const whole = await runUnits(schedule(selection({ cases: [fake('x'), fake('y')], rounds: 2, contenders: ['a'] })), run);
  assert.deepEqual(told, [
    [['x1'], 1, 4],
    [['x1', 'y1'], 2, 4],
    [['x1', 'y1', 'x2'], 3, 4],
  ]);
  assert.deepEqual([whole.samples.length, whole.done, whole.of], [4, 4, 4]);
});
