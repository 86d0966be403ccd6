import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sketch } from '../../src/diagnostics/inspect.ts';

const show = (value: unknown): string => sketch(value, 1_000);
const bomb = (): never => {
  throw new Error('user code ran');
};

describe('the picture of a value', () => {
  const pictures: [value: unknown, picture: string][] = [
    [undefined, 'undefined'],
    [null, 'null'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [12n, '12n'],
    [2n ** 300n, '[bigint of more than 256 bits]'],
    ["it's", '"it\'s"'],
    [Symbol('s'), 'Symbol(s)'],
    [bomb, '[Function]'],
    [{}, '{}'],
    [[], '[]'],
    [{ n: 42, 'a key': [1, 'two', null] }, "{ n: 42, 'a key': [ 1, 'two', null ] }"],
    [
      new Map<unknown, unknown>([
        ['a', 1],
        [{}, 2],
      ]),
      "Map { 'a' => 1, [Object] => 2 }",
    ],
    [new Set([1, 2]), 'Set { 1, 2 }'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'Invalid Date'],
    [new Uint8Array([1, 2]), 'Uint8Array(2) [ 1, 2 ]'],
    [new ArrayBuffer(8), '[ArrayBuffer]'],
    [new TypeError('bad', { cause: 1 }), "TypeError { message: 'bad', cause: 1 }"],
    [{ a: { b: { c: { d: { e: 1 } } } } }, '{ a: { b: { c: { d: [Object] } } } }'],
  ];
  for (const [value, picture] of pictures) it(`of ${picture}`, () => assert.equal(show(value), picture));

  it('names a class', () => {
    class Point {
      x = 1;
    }
    assert.equal(show(new Point()), 'Point { x: 1 }');
    assert.equal(show(Object.create(null)), '{}');
  });

  it('shows the beginning of what is long', () => {
    assert.match(show(Array.from({ length: 100 }, (_, i) => i)), /^\[ 0, .*19, … 80 more \]$/);
    assert.match(show(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]))), /^\{ k0: 0, .*k19: 19, … 80 more \}$/);
    assert.match(show(new Uint8Array(100)), /^Uint8Array\(100\) \[ 0, .*… 80 more \]$/);
    assert.match(show('x'.repeat(1_000)), /^'x{200}'\.\.\. 800 more characters$/);
  });

  it('ends at cycles', () => {
    const ring: Record<string, unknown> = {};
    ring.self = ring;
    assert.equal(show(ring), '{ self: { self: { self: { self: [Object] } } } }');
  });

  it('runs no code of the value', () => {
    const trap = new Proxy({}, { get: bomb, ownKeys: bomb, getPrototypeOf: bomb, getOwnPropertyDescriptor: bomb, has: bomb });
    class Hostile extends Map {
      override get size(): number {
        return bomb();
      }
      override [Symbol.iterator](): never {
        return bomb();
      }
      override get [Symbol.toStringTag](): string {
        return bomb();
      }
    }
    const getters = Object.defineProperty({ toJSON: bomb, toString: bomb }, 'g', { get: bomb, enumerable: true });
    const list = Object.defineProperty([1, 2], '1', { get: bomb, enumerable: true });
    const underProxy = Object.create(trap as object);
    assert.equal(show(trap), '[Proxy]');
    assert.equal(show(new Hostile()), 'Map {}');
    assert.equal(show(getters), '{ toJSON: [Function], toString: [Function], g: [Getter] }');
    assert.equal(show(list), '[ 1, [Getter] ]');
    assert.equal(show(underProxy), '{}');
    assert.equal(show({ [Symbol.for('nodejs.util.inspect.custom')]: bomb }), '{}');
    assert.equal(show(Object.defineProperty(new Error('e'), 'message', { get: bomb })), 'Error { message: [Getter] }');
    assert.equal(show(new Map([[trap, trap]])), 'Map { [Object] => [Proxy] }');
  });

  it('never exceeds its length, however wide and deep the value', () => {
    let wide: unknown = 'leaf'.repeat(100);
    for (let i = 0; i < 6; i++) wide = Array.from({ length: 50 }, () => wide);
    for (const length of [1, 10, 100, 3_000]) assert.ok(sketch(wide, length).length <= length);
  });
});
