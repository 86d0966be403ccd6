import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BallotBox } from '../../../src/policies/redundancy/ballot-box.ts';
import { comparison } from '../../../src/policies/redundancy/compare.ts';
import { pairable } from '../../../src/policies/redundancy/matching.ts';

const exact = comparison('exact');
const near = comparison({ abs: 1, rel: 0 });

function cast(quorum: number, values: readonly number[], compare = exact): BallotBox {
  const box = new BallotBox(quorum, compare);
  for (const value of values) box.cast(value);
  return box;
}

const won = (box: BallotBox): boolean[] => Array.from({ length: box.size }, (_, i) => box.won(i));

test('the first value that a quorum casts wins; whoever cast another has lost', () => {
  const box = cast(2, [7, 8, 7]);
  assert.equal(box.canonical, 0);
  assert.deepEqual(won(box), [true, false, true]);
});

test('no quorum, no verdict', () => {
  assert.equal(cast(2, [1, 2, 3]).canonical, undefined);
  assert.equal(cast(2, [1, 2, 3]).best, 1);
  assert.equal(cast(3, [1, 1, 2, 2]).canonical, undefined);
  assert.equal(cast(3, [1, 1, 2, 2]).best, 2);
});

test('a later group does not take the verdict away', () => {
  const box = cast(2, [1, 2, 2, 1, 1]);
  assert.equal(box.value(box.canonical!), 2);
});

test('with a tolerance, a ballot is canonical if a quorum is near it, though not near each other', () => {
  const box = cast(3, [0, 1, 2], near);
  assert.equal(box.canonical, 1, '0 and 2 are both near 1');
  assert.deepEqual(won(box), [true, true, true]);
  assert.equal(cast(3, [0, 2, 4, 6], near).canonical, undefined);
});

test('of two that become canonical with the same ballot, the first cast is', () => {
  // 0.5 comes last, and is near both 0 and 1, which are near each other.
  assert.equal(cast(3, [0, 1, 0.5], near).canonical, 0);
  assert.equal(cast(3, [0, 5, 1, 0.5], near).canonical, 0);
});

test('a comparison that throws leaves the box as it was', () => {
  let broken = false;
  const box = new BallotBox(2, (a, b) => {
    if (broken) throw new Error('broken');
    return a === b;
  });
  box.cast(1);
  broken = true;
  assert.throws(() => box.cast(1), /broken/);
  broken = false;
  assert.equal(box.size, 1);
  assert.equal(box.canonical, undefined);
  box.cast(1);
  assert.equal(box.canonical, 0);
});

const ballots = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 7 });
const quorum = fc.integer({ min: 1, max: 4 });

test('exact: the winner is the value that is first to have a quorum; the order of those before it does not matter', () => {
  fc.assert(
    fc.property(ballots, quorum, fc.infiniteStream(fc.nat()), (values, needed, shuffle) => {
      const counts = new Map<number, number>();
      let expected: number | undefined;
      let decidedAt = values.length;
      for (const [i, value] of values.entries()) {
        counts.set(value, (counts.get(value) ?? 0) + 1);
        if (expected === undefined && counts.get(value) === needed) {
          expected = value;
          decidedAt = i;
        }
      }
      const box = cast(needed, values);
      assert.equal(box.canonical === undefined ? undefined : box.value(box.canonical), expected);
      if (expected === undefined) return;
      assert.deepEqual(
        won(box),
        values.map((value) => value === expected),
      );
      const before = values.slice(0, decidedAt).toSorted(() => (shuffle.next().value % 2 === 0 ? 1 : -1));
      const other = cast(needed, [...before, ...values.slice(decidedAt)]);
      assert.equal(other.value(other.canonical!), expected);
    }),
  );
});

test('tolerance: canonical is the first ballot that a quorum is near, counted at every ballot', () => {
  const real = fc.array(fc.double({ min: 0, max: 6, noNaN: true }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(real, quorum, (values, needed) => {
      let expected: number | undefined;
      for (let cast = 1; cast <= values.length && expected === undefined; cast++) {
        const soFar = values.slice(0, cast);
        const index = soFar.findIndex((a) => soFar.filter((b) => Math.abs(a - b) <= 1).length >= needed);
        if (index >= 0) expected = index;
      }
      const box = cast(needed, values, near);
      assert.equal(box.canonical, expected);
      if (expected === undefined) assert.ok(box.best < needed);
      else
        assert.deepEqual(
          won(box),
          values.map((value) => Math.abs(value - values[expected]!) <= 1),
        );
    }),
  );
});

test('a quorum of more than half of the first copies can be reached by one value only', () => {
  fc.assert(
    fc.property(ballots, (values) => {
      const needed = Math.floor(values.length / 2) + 1;
      const reached = new Set(values.filter((a) => values.filter((b) => a === b).length >= needed));
      assert.ok(reached.size <= 1);
      const box = cast(needed, values);
      assert.equal(box.canonical === undefined ? 0 : 1, reached.size);
    }),
  );
});

test('pairs are found wherever there are some', () => {
  const edges = fc.array(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), { minLength: 5, maxLength: 5 });
  const indices = [0, 1, 2, 3, 4];
  const permutations = (rest: number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap((first) => permutations(rest.filter((i) => i !== first)).map((tail) => [first, ...tail]));
  const all = permutations(indices);
  fc.assert(
    fc.property(edges, (matrix) => {
      const expected = all.some((order) => order.every((j, i) => matrix[i]![j]!));
      assert.equal(
        pairable(indices, indices, (i, j) => matrix[i]![j]!),
        expected,
      );
    }),
  );
});

test('unanimous is what agrees with the canonical ballot: within a tolerance one ballot may agree with all, and others not with each other', () => {
  const box = new BallotBox(3, (a, b) => Math.abs((a as number) - (b as number)) <= 1);
  for (const value of [47.1, 46, 47.4, 46.8]) box.cast(value);
  assert.deepEqual([box.canonical, box.best, box.unanimous, box.won(1)], [0, 4, false, false]);
  const equal = new BallotBox(2, Object.is);
  for (const value of [1, 1, 1]) equal.cast(value);
  assert.equal(equal.unanimous, true);
});
