import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { transfer } from '../../../src/core/wire/moving.ts';
import { Sealed } from '../../../src/core/wire/sealed.ts';
import { comparison } from '../../../src/policies/redundancy/compare.ts';
import { sealed } from '../../../src/thread/outcome.ts';
import { CLONEABLE } from '../../cloneable.ts';
import { draws } from '../../soak.ts';

const exact = comparison('exact');
const bulk = new Uint8Array(70_000);

function seal(value: unknown): Sealed {
  const { digest, bytes } = sealed(value)!;
  return new Sealed(digest, bytes);
}

const anything = fc.anything(CLONEABLE);

test('sealed results compare as their values do, also with results that are not sealed', () => {
  const pair = fc.oneof(
    fc.tuple(anything, anything),
    anything.map((value) => [value, structuredClone(value)] as const),
    fc.dictionary(fc.string(), anything).map((record) => [record, Object.fromEntries(Object.entries(record).toReversed())] as const),
  );
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [x, y] = [
        [a, bulk],
        [b, bulk],
      ];
      const equal = exact(structuredClone(x), structuredClone(y));
      assert.equal(exact(seal(x), seal(y)), equal);
      assert.equal(exact(seal(x), structuredClone(y)), equal);
      assert.equal(exact(structuredClone(x), seal(y)), equal);
    }),
    { numRuns: draws(300) },
  );
});

test('what is read is what was sealed', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const { value: read, intact } = seal([value, bulk]).open();
      assert.ok(intact && exact(read, [value, bulk]));
    }),
    { numRuns: draws(200) },
  );
});

test('a change of any one bit is seen, and what has changed equals nothing that is read', () => {
  const value = { text: 'some '.repeat(15_000), list: [1, 2.5, null] };
  fc.assert(
    fc.property(fc.nat(), fc.nat(7), (place, bit) => {
      const { digest, bytes } = sealed(value)!;
      bytes[place % bytes.length]! ^= 1 << bit;
      const changed = new Sealed(digest, bytes);
      assert.equal(exact(changed, structuredClone(value)), false);
      assert.deepEqual(changed.open(), { value: undefined, intact: false });
    }),
    { numRuns: draws(200) },
  );
});

const getter = {
  get it(): never {
    throw new Error('mine');
  },
};
const ring: { bulk: Uint8Array; next?: unknown } = { bulk };
ring.next = ring;

const rows: readonly (readonly [what: string, value: unknown, isSealed: boolean])[] = [
  ['nothing', undefined, false],
  ['a number', 1, false],
  ['a short text', 'a', false],
  ['a long text', 'a'.repeat(70_000), true],
  ['a long bigint', 1n << 1_000_000n, false],
  ['binary data', bulk, true],
  ['a small view of much memory', new Uint8Array(bulk.buffer, 0, 1), true],
  ['many numbers', Array.from({ length: 70_000 }, (_, i) => i), true],
  ['an array that is nearly empty', Object.assign([], { length: 1_000_000 }), false],
  ['many small objects', Array.from({ length: 7_000 }, (_, i) => ({ number: i, text: 'abc' })), true],
  ['a large map', new Map(Array.from({ length: 9_000 }, (_, i) => [i, 'text'])), true],
  ['a cycle', ring, true],
  ['what moves', transfer(bulk.slice(), []), false],
  ['shared memory', [bulk, new SharedArrayBuffer(8)], false],
  ['a function', [bulk, () => 1], false],
  ['what throws when it is read', [bulk, getter], false],
  ['a proxy', new Proxy({ bulk }, {}), false],
];

for (const [what, value, isSealed] of rows) {
  test(`${what}: ${isSealed ? 'sealed' : 'sent as it is'}`, () => {
    assert.equal(sealed(value) !== undefined, isSealed);
  });
}
