import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RunTimes } from '../../../src/policies/hedging/run-times.ts';

test('a quantile is not known from a few samples', () => {
  const times = new RunTimes();
  for (let i = 0; i < 31; i++) times.observe(1);
  assert.equal(times.quantile(0.95), undefined);
  times.observe(1);
  assert.ok(times.quantile(0.95)! >= 1);
});

test('a quantile is never too small, and at most a tenth too large', () => {
  const sample = fc.array(fc.double({ min: 0.01, max: 100_000, noNaN: true }), { minLength: 32, maxLength: 500 });
  fc.assert(
    fc.property(sample, fc.constantFrom(0.5, 0.9, 0.95), (samples, q) => {
      const times = new RunTimes();
      for (const ms of samples) times.observe(ms);
      const exact = samples.toSorted((a, b) => a - b)[Math.ceil(q * samples.length) - 1]!;
      const estimate = times.quantile(q)!;
      assert.ok(estimate >= exact * (1 - 1e-9) && estimate <= exact * 1.1 * (1 + 1e-9), `${estimate} for ${exact}`);
    }),
  );
});

test('what was long ago is forgotten', () => {
  const times = new RunTimes();
  for (let i = 0; i < 10_000; i++) times.observe(1_000);
  for (let i = 0; i < 50_000; i++) times.observe(1);
  assert.ok(times.quantile(0.95)! < 2);
});

test('a time of nothing, and one of years, have their bins', () => {
  const times = new RunTimes();
  for (let i = 0; i < 40; i++) times.observe(0);
  assert.ok(times.quantile(0.95)! <= 0.001);
  for (let i = 0; i < 400; i++) times.observe(Number.MAX_SAFE_INTEGER);
  assert.ok(Number.isFinite(times.quantile(0.95)!));
});
