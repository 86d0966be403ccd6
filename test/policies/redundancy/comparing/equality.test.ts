import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { comparison } from '../../../../src/policies/redundancy/compare.ts';
import { CLONEABLE } from '../../../cloneable.ts';
import { EXACT, NEAR, RELATIVE } from './equality-tables.ts';

const exact = comparison('exact');
const near = comparison({ abs: 0.01, rel: 0 });
const relative = comparison({ abs: 0, rel: 0.01 });

for (const [rule, equal, rows] of [
  ["'exact'", exact, EXACT],
  ['abs 0.01', near, NEAR],
  ['rel 0.01', relative, RELATIVE],
] as const) {
  for (const [what, a, b, expected] of rows) {
    test(`${rule}: ${what}`, () => {
      assert.equal(equal(a, b), expected);
      assert.equal(equal(b, a), expected, 'the other way round');
    });
  }
}

test('what has no structure to compare is refused, whatever the other is', () => {
  const { port1, port2 } = new MessageChannel();
  for (const [a, b] of [
    [port1, port1],
    [port1, port2],
    [{ port1 }, { port1 }],
    [new Blob(['a']), new Blob(['b'])],
  ]) {
    assert.throws(() => exact(a, b), /has no structure that can be compared. Return plain data, or give equal as a function/);
  }
  port1.close();
});

test('a function must answer true or false, now', () => {
  assert.equal(comparison((a, b) => a === b)(1, 1), true);
  for (const answer of [undefined, 1, 'true', null]) {
    assert.throws(() => comparison((() => answer) as never)(1, 1), /Expected true or false. Got/);
  }
  assert.throws(
    () => comparison((async () => Promise.reject(new Error('late'))) as never)(1, 1),
    /Got a promise. A comparison must answer at once/,
  );
  assert.throws(
    () =>
      comparison(() => {
        throw new Error('mine');
      })(1, 1),
    /mine/,
  );
});

test('a value shared in a hundred levels is compared once a level', () => {
  const pile = (last: number): unknown => {
    let value: unknown = last;
    for (let i = 0; i < 100; i++) value = [value, value];
    return value;
  };
  assert.equal(exact(pile(1), pile(1)), true);
  assert.equal(exact(pile(1), pile(2)), false);
});

test('a value equals its clone, and no longer when one leaf has changed', () => {
  const value = fc.anything(CLONEABLE);
  fc.assert(
    fc.property(value, (original) => {
      const clone = structuredClone(original);
      assert.equal(exact(original, clone), true);
      assert.equal(near(original, clone), true);
      assert.equal(exact([original, 1], [clone, 2]), false);
    }),
    { numRuns: 500 },
  );
});
