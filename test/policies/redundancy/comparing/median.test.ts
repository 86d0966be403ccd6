import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { median } from '../../../../src/policies/redundancy/median.ts';

const rows: readonly (readonly [what: string, values: unknown[], expected: unknown])[] = [
  ['the middle one', [3, 1, 2], 2],
  ['halfway between two', [4, 1, 2, 3], 2.5],
  ['one that is far off does not move it', [1, 1e300, 2], 2],
  ['an infinity', [1, 2, Infinity], 2],
  ['no overflow', [Number.MAX_VALUE, Number.MAX_VALUE], Number.MAX_VALUE],
  ['the smallest numbers', [5e-324, 5e-324], 5e-324],
  [
    'element by element',
    [
      [1, 30],
      [2, 10],
      [3, 20],
    ],
    [2, 20],
  ],
  [
    'at any depth',
    [
      [[1], 1],
      [[2], 2],
      [[3], 9],
    ],
    [[2], 2],
  ],
  ['empty arrays', [[], []], []],
  ['typed arrays keep their type', [new Float64Array([1]), new Float64Array([2]), new Float64Array([9])], new Float64Array([2])],
  ['whole numbers', [new Int16Array([5]), new Int16Array([7]), new Int16Array([6])], new Int16Array([6])],
];
for (const [what, values, expected] of rows) test(`median: ${what}`, () => assert.deepEqual(median(values), expected));

const refused: readonly (readonly [what: string, values: unknown[], message: RegExp])[] = [
  ['NaN', [1, Number.NaN, 2], /Got NaN/],
  ['opposite infinities', [Infinity, -Infinity], /Got NaN/],
  ['strings', ['1', '2', '3'], /Got string/],
  ['a string among numbers', [1, 2, '3'], /Got string/],
  ['null', [null, null], /Got null/],
  ['objects', [{ a: 1 }, { a: 2 }], /Got object/],
  ['bigints', [1n, 2n], /Got bigint/],
  ['typed arrays of bigints', [new BigInt64Array(1), new BigInt64Array(1)], /Got object/],
  ['typed arrays of different types', [new Int8Array(1), new Int16Array(1)], /Got object/],
  ['an array beside a number', [[1], 1], /Got number/],
  ['a number beside an array', [1, [1]], /Got an array/],
  ['different lengths', [[1], [1, 2]], /one length. Got 1 and 2/],
];
for (const [what, values, message] of refused)
  test(`median refuses ${what}`, () =>
    assert.throws(
      () => median(values),
      (error) => error instanceof TypeError && message.test(error.message),
    ));

test('the median lies between the extremes, and does not depend on the order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const middle = median(values) as number;
      assert.ok(middle >= Math.min(...values) && middle <= Math.max(...values));
      assert.ok(median(values.toReversed()) === middle);
      assert.ok(values.filter((value) => value <= middle).length * 2 >= values.length);
      assert.ok(values.filter((value) => value >= middle).length * 2 >= values.length);
    }),
  );
});
