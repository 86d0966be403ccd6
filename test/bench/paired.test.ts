import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { about, digitsOf, middleRatioOf, ratioOf, ratioText } from '../../bench/paired/ratio.ts';
import { goalsOf, shortLinesOf, tableOf, verdictOf } from '../../bench/paired/report.ts';
import type { Round } from '../../bench/paired/ring.ts';
import { SCENES } from '../../bench/paired/scenes.ts';

describe('a ratio of pairs', () => {
  it('is as sure as the pairs agree, whatever moves both of a pair', () => {
    const drift = [1, 3, 0.5, 2, 7, 1.5];
    const same = ratioOf(
      drift.map((d) => 2 * d),
      drift,
    )!;
    assert.equal(same.ratio.toFixed(6), '2.000000');
    assert.ok(same.high - same.low < 1e-9);
  });

  it('has the interval of Student’s t over the logarithms', () => {
    // Logarithms 0, 0.1, 0.2: mean 0.1, deviation 0.1, t(2) = 4.30.
    const { ratio, low, high, pairs } = ratioOf([1, Math.exp(0.1), Math.exp(0.2)], [1, 1, 1])!;
    assert.equal(pairs, 3);
    assert.equal(ratio.toFixed(4), Math.exp(0.1).toFixed(4));
    const reach = (4.3 * 0.1) / Math.sqrt(3);
    assert.equal(low.toFixed(4), Math.exp(0.1 - reach).toFixed(4));
    assert.equal(high.toFixed(4), Math.exp(0.1 + reach).toFixed(4));
  });

  it('is not told from one pair, nor are pairs counted of which one is missing', () => {
    assert.equal(ratioOf([1], [1]), undefined);
    assert.equal(ratioOf([1, Number.NaN, 2], [1, 1, 2])!.pairs, 2);
  });

  it('has a middle that a few slices of another kind do not move, with an interval by the ranks', () => {
    const ones = Array.from({ length: 25 }, () => 1);
    const ours = ones.map((_, i) => (i < 4 ? 1_000 : 0.8 + i / 100));
    const { ratio, low, high, pairs } = middleRatioOf(ours, ones)!;
    assert.equal(pairs, 25);
    assert.equal(ratio.toFixed(2), '0.96');
    // (25 - 1.96 * 5) / 2: the eighth from either end.
    assert.deepEqual([low.toFixed(2), high.toFixed(2)], ['0.91', '1.01']);
    assert.equal(middleRatioOf([1, 1], [1, 1]), undefined);
  });

  it('says when no difference was shown, and prints no more digits than it knows', () => {
    assert.equal(ratioText({ ratio: 1.0321, low: 0.97, high: 1.1, pairs: 9 }), '1.0 (1.0 to 1.1, no difference shown)');
    assert.equal(ratioText({ ratio: 1.0321, low: 1.024, high: 1.041, pairs: 9 }), '1.03 (1.02 to 1.04)');
    assert.equal(ratioText({ ratio: 1, low: 0.1, high: 10, pairs: 3 }), 'not known after 3 rounds');
    assert.equal(digitsOf({ ratio: 2, low: 1, high: 4, pairs: 3 }), 0);
    assert.deepEqual([412_345, 1_766, 36.4, 2.345, 0.0123].map(about), ['410,000', '1,800', '36', '2.3', '0.012']);
  });
});

describe('the report of a paired run', () => {
  const slice = (right: number, cpuMs: number) => [{ right, failed: 0, wrong: 0, wallMs: 1000, cpuMs }];
  const rounds: Round[] = [1, 1.1, 0.9, 1].map((moved) => ({
    scene: 'copies',
    node: 'v0',
    slices: { 'no copies': slice(1000 * moved, 500), 'redundancy: 3': slice(300 * moved, 600) },
    hung: [],
  }));
  const scene = SCENES.find(({ name }) => name === 'copies')!;

  it('has a line for everybody who played, and the goals that were measured, and no others', () => {
    const table = tableOf(scene, rounds);
    assert.match(table, /\| no copies \| 1,000 \| 1 \| 500 \| 1 \| 0 \|/);
    assert.match(table, /\| redundancy: 3 \| 300 \| 0\.300 \(0\.300 to 0\.300\) \|/);
    assert.doesNotMatch(table, /2 of 2/);
    const goals = goalsOf(SCENES, rounds);
    assert.match(goals, /\| copies \| redundancy: 3 \| speed at least 0\.25 of no copies \| .* \| reached \|/);
    assert.equal(goals.split('\n').length, 3);
    assert.equal(goalsOf(SCENES, []), '');
  });

  it('says the speed in a line for each kind of work, beside the first', () => {
    const played = [1, 1.01, 0.99, 1, 1.02, 0.98].map((moved) => ({
      scene: 'noop',
      node: 'v0',
      hung: [],
      slices: { piscina: slice(1000, 1), holdfast: slice(2000 * moved, 1) },
    }));
    const alone = played.map((round) => ({ ...round, scene: 'alone', slices: { ...round.slices, holdfast: round.slices.piscina } }));
    assert.deepEqual(shortLinesOf(SCENES, [...played, ...alone]).split('\n'), [
      '- Tasks that do nothing, 256 in flight: 2,000 a second, 2.0 times piscina (2.0 to 2.0)',
      '- tasks that do nothing, one after another: 1,000 a second, no difference from piscina shown (1.000 to 1.000 times)',
    ]);
  });

  it('says who hung', () => {
    assert.match(tableOf(scene, [{ ...rounds[0]!, hung: ['2 of 2'] }]), /\| 2 of 2 \|.*\| hung \|/);
  });

  it('reaches a goal with the whole interval, and leaves open what the interval does not decide', () => {
    const goal = { scene: 'x', player: 'y', figure: 'speed', atLeast: 0.25 } as const;
    const verdicts = (
      [
        [0.26, 0.3],
        [0.2, 0.24],
        [0.2, 0.3],
      ] as const
    ).map(([low, high]) => verdictOf(goal, { ratio: 0.25, low, high, pairs: 5 }));
    assert.deepEqual(verdicts, ['reached', 'short', 'open']);
  });
});
