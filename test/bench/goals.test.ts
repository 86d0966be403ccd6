import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOALS, judgeGoals } from '../../bench/goals/index.ts';
import type { Cell, FigureName, Status } from '../../bench/results.ts';

const cell = (place: string, contender: string, figures: Partial<Record<FigureName, number>>, status: Status = 'ok'): Cell => {
  const [name, variant] = place.split('/') as [string, string];
  const spread = (value: number) => ({ median: value, low: value, high: value, runs: 1 });
  const spreads = Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, spread(value)]));
  return { case: name, variant, contender, status, rounds: 1, figures: spreads };
};

const verdict = (id: string, cells: readonly Cell[]): string => judgeGoals(cells).find((goal) => goal.id === id)!.verdict;

test('without figures no goal is passed', () => {
  assert.deepEqual(new Set(judgeGoals([]).map((goal) => goal.verdict)), new Set(['not measured']));
  assert.equal(new Set(GOALS.map(({ id }) => id)).size, GOALS.length);
});

const noop = (ours: number, piscina: number, poolifier: number): Cell[] =>
  Object.entries({ holdfast: ours, piscina, poolifier }).map(([who, tasksPerSecond]) =>
    cell('noop/256 in flight', who, { tasksPerSecond }),
  );

test('no-ops: eight times Piscina and three times the fastest other one', () => {
  assert.equal(verdict('noop-piscina', noop(240_000, 30_000, 80_000)), 'pass');
  assert.equal(verdict('noop-others', noop(240_000, 30_000, 80_000)), 'pass');
  assert.equal(verdict('noop-piscina', noop(239_000, 30_000, 80_000)), 'short');
  assert.equal(verdict('noop-others', noop(239_000, 20_000, 80_000)), 'short');
});

test('a contender that hung is nobody to be measured against', () => {
  const cells = [...noop(100_000, 30_000, 20_000), cell('noop/256 in flight', 'tinypool', { tasksPerSecond: 90_000 }, 'hung')];
  assert.equal(verdict('noop-others', cells), 'pass');
});

test('sequential: within a quarter of Piscina', () => {
  const cells = (ours: number): Cell[] => [
    cell('sequential/await each', 'holdfast', { p50: ours }),
    cell('sequential/await each', 'piscina', { p50: 0.04 }),
  ];
  assert.equal(verdict('sequential', cells(0.05)), 'pass');
  assert.equal(verdict('sequential', cells(0.051)), 'short');
});

const fault = (variant: string, figures: Partial<Record<FigureName, number>>): Cell => cell(`faults/${variant}`, 'holdfast', figures);

test('under faults every variant must reach its share', () => {
  assert.equal(verdict('faults-share', [fault('crash 1 %', { shareOfIdeal: 0.93 }), fault('hang 1 %', { shareOfIdeal: 0.9 })]), 'pass');
  assert.equal(verdict('faults-share', [fault('crash 1 %', { shareOfIdeal: 0.93 }), fault('hang 1 %', { shareOfIdeal: 0.89 })]), 'short');
});

test('under faults a variant without a figure counts as short, not as absent', () => {
  assert.equal(verdict('faults-share', [fault('crash 1 %', { shareOfIdeal: 0.93 }), fault('hang 1 %', {})]), 'short');
});

test('being overtaken counts only when nothing was lost on the way', () => {
  const ours = fault('crash 1 %', { goodput: 100 });
  const rival = (figures: Partial<Record<FigureName, number>>, status: Status = 'ok'): Cell =>
    cell('faults/crash 1 %', 'piscina', { goodput: 120, ...figures }, status);
  assert.equal(verdict('faults-ahead', [ours, rival({})]), 'short');
  assert.equal(verdict('faults-ahead', [ours, rival({ innocentsFailed: 1 })]), 'pass');
  assert.equal(verdict('faults-ahead', [ours, rival({ wrong: 1 })]), 'pass');
  assert.equal(verdict('faults-ahead', [ours, rival({}, 'hung')]), 'pass');
});

test('one lost task anywhere, or a hang, is a broken promise', () => {
  const good = cell('noop/256 in flight', 'holdfast', { lost: 0, wrong: 0, uncaught: 0 });
  assert.equal(verdict('faults-nothing-lost', [good]), 'pass');
  assert.equal(verdict('faults-nothing-lost', [good, cell('storm/x', 'holdfast', { lost: 1 })]), 'short');
  assert.equal(verdict('faults-nothing-lost', [good, cell('storm/x', 'holdfast', { uncaught: 1 })]), 'short');
  assert.equal(verdict('faults-nothing-lost', [good, cell('storm/x', 'holdfast', {}, 'hung')]), 'short');
  assert.equal(verdict('faults-nothing-lost', [good, cell('storm/x', 'piscina', { lost: 7 })]), 'pass');
});

test('nobody can know of wrong answers without redundancy; with it they are ours', () => {
  assert.equal(
    verdict('faults-nothing-lost', [cell('redundancy/2 of 3', 'holdfast', { wrong: 0 }), cell('redundancy/off', 'holdfast', { wrong: 9 })]),
    'pass',
  );
  assert.equal(verdict('faults-nothing-lost', [cell('redundancy/2 of 3', 'holdfast', { wrong: 1 })]), 'short');
});

test('memory over deaths is held against bare threads', () => {
  const cells = (ours: number, floor: number): Cell[] => [
    cell('deaths/10,000 deaths', 'holdfast', { rssBytesPerDeath: ours }),
    cell('deaths/10,000 deaths', 'raw threads', { rssBytesPerDeath: floor }),
  ];
  assert.equal(verdict('deaths', cells(10_500, 10_000)), 'pass');
  assert.equal(verdict('deaths', cells(12_000, 10_000)), 'short');
  assert.equal(verdict('deaths', cells(0, -500)), 'pass');
});

test('stragglers: the worst round counts, and the load where copies are no help', () => {
  const cells = (off: number, on: [number, number], place: number, task: number): Cell[] => {
    const hedged = cell('stragglers/slow place, hedge after p95', 'holdfast', { p999: on[0], extraLoad: place });
    hedged.figures.p999 = { median: on[0], low: on[0], high: on[1], runs: 3 };
    return [
      cell('stragglers/slow place, no hedge', 'holdfast', { p999: off }),
      hedged,
      cell('stragglers/slow task, hedge after p95', 'holdfast', { p999: off, extraLoad: task }),
    ];
  };
  assert.equal(verdict('stragglers', cells(100, [10, 20], 0.02, 0.05)), 'pass');
  assert.equal(verdict('stragglers', cells(100, [10, 21], 0.02, 0.05)), 'short');
  assert.equal(verdict('stragglers', cells(100, [10, 20], 0.02, 0.051)), 'short');
  assert.equal(verdict('stragglers', cells(100, [10, 20], 0.051, 0.02)), 'short');
  assert.equal(verdict('stragglers', cells(100, [10, 20], 0.02, 0.02).slice(0, 2)), 'pass', 'the quick run has no slow tasks');
  assert.equal(verdict('stragglers', cells(100, [10, 20], 0.02, 0.02).slice(0, 1)), 'not measured');
});

test('servers: each variant within its bound, and one that did not come through is short', () => {
  const takeOver = (...ms: (number | undefined)[]): Cell[] =>
    ms.map((takeoverMs, at) =>
      cell(`server-takeover/${at} kB of state`, 'holdfast server', takeoverMs === undefined ? {} : { takeoverMs }),
    );
  assert.equal(verdict('server-takeover', takeOver(1.1, 1.9)), 'pass');
  assert.equal(verdict('server-takeover', takeOver(1.1, 2)), 'short');
  assert.equal(verdict('server-takeover', takeOver(1.1, undefined)), 'short');
  const calls = (variant: string, figures: Partial<Record<FigureName, number>>): Cell[] => [
    cell(`servers/${variant}`, 'holdfast server', figures),
  ];
  assert.equal(verdict('server-calls', calls('replay, 16 in flight', { ofBare: 0.8 })), 'pass');
  assert.equal(verdict('server-calls', calls('replay, 256 in flight', { ofBare: 0.8 })), 'not measured');
  assert.equal(verdict('server-p50', calls('replay, 1 in flight', { p50OfBare: 1.26 })), 'short');
  assert.equal(verdict('server-replicas', calls('three replicas, 16 in flight', { ofBare: 0.24 })), 'short');
});
