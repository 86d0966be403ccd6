import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Random, seeded } from '../../src/core/random.ts';
import { contentOf, copyOf, messageOf, sizeOf } from '../../src/server/content.ts';
import { NOT_SMALL, smallCopy } from '../../src/server/plain-copy.ts';

const isBytes = (content: unknown): boolean => ArrayBuffer.isView(content);

/** A value of everything that a message may hold; most of it small and plain. */
function drawn(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 8 : 13));
  const some = (): unknown[] => Array.from({ length: Math.floor(random() * 4) }, () => drawn(random, depth + 1));
  switch (kind) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return random() < 0.5;
    case 3:
      return [0, -0, Number.NaN, Number.POSITIVE_INFINITY, random()][Math.floor(random() * 5)];
    case 4:
      return 10n ** BigInt(Math.floor(random() * 30));
    case 5:
    case 6:
      return 'x'.repeat(Math.floor(random() ** 8 * 6_000));
    case 7:
      return new Date(Math.floor(random() * 1e12));
    case 8:
      return new Map(some().map((one) => [one, 1]));
    case 9:
      return some();
    default:
      return Object.fromEntries(some().map((one, i) => [`${i}.${kind}`, one]));
  }
}

describe('the content of a message', () => {
  it('is what structured clone makes of it, small or large', () => {
    const seed = Number(process.env.HOLDFAST_SEED ?? Math.floor(Math.random() * 1e6));
    console.log(`HOLDFAST_SEED=${seed}`);
    const random = seeded(seed);
    let small = 0;
    for (let i = 0; i < 3_000; i++) {
      const value = drawn(random);
      const content = contentOf(value);
      if (typeof value === 'object' && value !== null && !isBytes(content)) small++;
      assert.deepStrictEqual(messageOf(content), structuredClone(value));
      assert.deepStrictEqual(copyOf(content), structuredClone(value));
      assert.ok(sizeOf(content) > 0 || value === '');
    }
    assert.ok(small > 100, 'many of them are small');
  });

  it('is a copy, whatever becomes of the message afterwards', () => {
    const inner = { n: 1 };
    const message = { inner, list: [inner.n] };
    const content = contentOf(message);
    inner.n = 2;
    message.list.push(3);
    assert.deepEqual(messageOf(content), { inner: { n: 1 }, list: [1] });
    assert.notEqual(copyOf(content), content);
  });

  it('keeps what only the serializer can keep: identity, holes, classes, proxies, getters that throw', () => {
    const twice = { n: 1 };
    const both = messageOf(contentOf({ a: twice, b: twice })) as { a: unknown; b: unknown };
    assert.equal(both.a, both.b);
    const round: { self?: unknown } = {};
    round.self = round;
    const back = messageOf(contentOf(round)) as typeof round;
    assert.equal(back.self, back);
    // biome-ignore lint/suspicious/noSparseArray: the hole is the case
    const holes = messageOf(contentOf([1, , 3])) as unknown[];
    assert.equal(1 in holes, false);
    const own = JSON.parse('{"__proto__":{"n":1}}') as object;
    assert.deepEqual(Object.keys(messageOf(contentOf(own)) as object), ['__proto__']);
    class Point {
      x = 1;
    }
    assert.ok(isBytes(contentOf(new Point())));
    for (const hostile of [new Proxy({}, {}), { f: () => {} }, { s: Symbol('s') }, new SharedArrayBuffer(8)])
      assert.throws(() => contentOf(hostile), Error);
    const failing = {
      before: {},
      get bad(): number {
        throw new RangeError('bad');
      },
    };
    assert.throws(() => contentOf(failing), RangeError);
    assert.notEqual(smallCopy({ after: 1 }), NOT_SMALL, 'one that fails spoils none that comes after it');
  });

  it('is copied also by a getter of another one', () => {
    const outer = {
      first: {},
      get inner(): unknown {
        return messageOf(contentOf({ n: 1 }));
      },
    };
    assert.deepEqual(messageOf(contentOf(outer)), { first: {}, inner: { n: 1 } });
  });
});
