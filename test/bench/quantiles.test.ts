import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile, spreadOf } from '../../bench/stats/quantiles.ts';

test('a quantile lies between its neighbours, in proportion', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([1, 2, 3, 4, 5], 0.5), 3);
  assert.equal(quantile([0, 10], 0.99), 9.9);
  assert.equal(quantile([7], 0.999), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test('a quantile sorts by value, not by text, and leaves its input as it was', () => {
  const samples = [100, 9, 20];
  assert.equal(quantile(samples, 0.5), 20);
  assert.deepEqual(samples, [100, 9, 20]);
});

test('a spread is the middle, the ends and how many runs there were', () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, low: 1, high: 3, runs: 3 });
});

test('a spread ignores rounds without a figure, and is absent when no round has one', () => {
  assert.deepEqual(spreadOf([undefined, 5, Number.NaN]), { median: 5, low: 5, high: 5, runs: 1 });
  assert.equal(spreadOf([undefined, Number.NaN]), undefined);
});
