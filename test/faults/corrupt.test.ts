import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { transferred } from '../../src/core/wire/moving.ts';
import { corrupted } from '../../src/faults/corrupt.ts';
import { transfer } from '../../src/thread/worker.ts';
import { CHARACTER, CLONEABLE } from '../cloneable.ts';

const place = fc.nat({ max: 0xffff_ffff });
const variant = fc.nat({ max: 200 });
/** Without what `isDeepStrictEqual` takes to differ from itself: an invalid date, on some versions of Node. */
const structured = fc.anything({ ...CLONEABLE, stringUnit: CHARACTER }).filter((value) => isDeepStrictEqual(value, structuredClone(value)));
/** Values of which there are many: for each, any number of copies can be wrong in ways of their own. */
const rich = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.string(),
  fc.bigInt(),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
  fc.record({ ok: fc.boolean(), list: fc.array(fc.integer(), { minLength: 1 }), note: fc.string() }),
  fc.array(fc.double(), { minLength: 1 }),
  fc.uint8Array({ minLength: 1 }),
  fc.float64Array({ minLength: 1 }),
  fc.int32Array({ minLength: 1 }),
);
const wire = (value: unknown): unknown => structuredClone(value);

describe('a corrupt result', () => {
  it('is never the right one, whatever that was, and leaves the right one as it is', () => {
    fc.assert(
      fc.property(structured, place, variant, (right, at, which) => {
        const before = wire(right);
        const wrong = wire(corrupted(right, at, which));
        assert.ok(!isDeepStrictEqual(wrong, before), 'the wrong result equals the right one');
        assert.ok(isDeepStrictEqual(wire(right), before), 'the right result was changed');
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the same again for the same place and variant', () => {
    fc.assert(
      fc.property(structured, place, variant, (right, at, which) => {
        assert.ok(isDeepStrictEqual(corrupted(right, at, which), corrupted(right, at, which)));
      }),
    );
  });

  it('is different for another variant, so that two corrupt copies do not agree', () => {
    fc.assert(
      fc.property(rich, place, fc.uniqueArray(variant, { minLength: 2, maxLength: 5 }), (right, at, variants) => {
        const wrong = variants.map((which) => wire(corrupted(right, at, which)));
        for (let i = 1; i < wrong.length; i++)
          assert.ok(!isDeepStrictEqual(wrong[i], wrong[0]), `variants ${variants[0]} and ${variants[i]}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps the type of what it changes', () => {
    const wrong = (right: unknown) => corrupted(right, 5, 3);
    assert.ok(Number.isInteger(wrong(41)));
    assert.equal(typeof wrong('a hash'), 'string');
    assert.equal((wrong('a hash') as string).length, 6);
    assert.equal(typeof wrong(12n), 'bigint');
    assert.equal(wrong(true), false);
    assert.ok(wrong(new Date(0)) instanceof Date);
    assert.ok(wrong(new Int16Array(4)) instanceof Int16Array);
    assert.equal((wrong(new Float32Array(7)) as Float32Array).length, 7);
    assert.deepEqual(Object.keys(wrong({ count: 1, of: 'files' }) as object), ['count', 'of']);
  });

  it('is off by more than any tolerance forgives', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), variant, (right, which) => {
        const wrong = corrupted(right, 0, which) as number;
        assert.ok(Math.abs(wrong - right) >= 0.5 * Math.abs(right) && wrong !== right, `${right} became ${wrong}`);
      }),
    );
  });

  it('finds its leaf in a cycle, in a map, in a set and in an error', () => {
    const cycle: { self?: unknown; n: number } = { n: 1 };
    cycle.self = cycle;
    const wrong = corrupted(cycle, 0, 0) as typeof cycle;
    assert.notEqual(wrong.n, 1);
    assert.equal(wrong.self, wrong);
    assert.notDeepEqual(corrupted(new Map([['k', { deep: [1] }]]), 0, 0), new Map([['k', { deep: [1] }]]));
    assert.notDeepEqual(corrupted(new Set([1]), 0, 0), new Set([1]));
    assert.notEqual((corrupted({ error: new Error('x') }, 0, 0) as { error: Error }).error.message, 'x');
  });

  it('changes a structure without numbers or texts as well', () => {
    for (const right of [{}, [], [true], { a: null }, new Map(), new Set(), null, undefined, /x/, new Uint8Array(0)]) {
      assert.ok(!isDeepStrictEqual(wire(corrupted(right, 1, 1)), right), String(right));
    }
  });

  it('leaves shared memory alone', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    corrupted({ shared, n: 1 }, 0, 0);
    corrupted({ shared, n: 1 }, 1, 0);
    assert.deepEqual([...shared], [0, 0, 0, 0]);
  });

  it('still moves memory that the task moves', () => {
    const { buffer } = new Uint8Array([1, 2, 3]);
    const wrong = transferred(corrupted(transfer({ buffer }, [buffer]), 0, 0))!;
    assert.equal((wrong.value as { buffer: ArrayBuffer }).buffer, buffer);
    assert.deepEqual(wrong.list, [buffer]);
    assert.notDeepEqual([...new Uint8Array(buffer)], [1, 2, 3]);
  });

  it('returns what cannot be cloned unchanged: that fails by itself', () => {
    const right = { n: 1, fn: () => 1 };
    assert.equal(corrupted(right, 0, 0), right);
  });
});
