import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copiesForQuorum, faultOverheadMs, idealGoodput, successWithin, wrongOfThree } from '../../bench/ideal/formulas.ts';
import { seeded } from '../../src/core/random.ts';

const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within * Math.abs(expected), `expected ${expected} within ${within * 100} %, got ${actual}`);

test('without faults the ideal is threads over service time', () => {
  assert.equal(idealGoodput(2, 1), 2000);
  assert.equal(idealGoodput(4, 5), 800);
});

test('one class of faults costs p / (1 - p) failed attempts a success', () => {
  assert.equal(idealGoodput(2, 1, [{ probability: 0.5, detectionMs: 1, replacementMs: 0 }]), 1000);
  assert.equal(faultOverheadMs([{ probability: 0.2, detectionMs: 100, replacementMs: 28 }]), 32);
});

test('several classes share the attempts that succeed', () => {
  const classes = [
    { probability: 0.1, detectionMs: 1, replacementMs: 28 },
    { probability: 0.1, detectionMs: 100, replacementMs: 28 },
  ];
  near(faultOverheadMs(classes), (0.1 * 29 + 0.1 * 128) / 0.8, 1e-12);
});

test('where every attempt fails nothing comes out', () => {
  assert.equal(idealGoodput(2, 1, [{ probability: 1, detectionMs: 0, replacementMs: 1 }]), 0);
});

test('the closed form is what a simulated slot does', () => {
  const seed = 20_260_101;
  const random = seeded(seed);
  const [service, probability, detectionMs, replacementMs] = [1, 0.1, 5, 28];
  let time = 0;
  let successes = 0;
  while (successes < 200_000) {
    if (random() < probability) time += detectionMs + replacementMs;
    else {
      time += service;
      successes++;
    }
  }
  near(successes / (time / 1000), idealGoodput(1, service, [{ probability, detectionMs, replacementMs }]), 0.02);
});

test('the figures of the literature come out', () => {
  assert.ok(1 - successWithin(4, 0.01) <= 1.0001e-8);
  near(1 - successWithin(4, 0.2), 0.0016, 1e-9);
  near(copiesForQuorum(2, 0.05), 2.105, 1e-3);
  assert.equal(wrongOfThree(0.05, 0), 0);
  near(wrongOfThree(0.05, 1), 0.00725, 1e-9);
});
