/** Two values, and whether they are equal. */
export type Row = readonly [what: string, a: unknown, b: unknown, equal: boolean];

const nan = (bits: number): Float64Array => {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, 0x7ff80000);
  view.setUint32(4, bits);
  return new Float64Array([view.getFloat64(0)]);
};
const cycle = (...values: number[]): unknown => {
  const ring: { value: number; next?: unknown }[] = values.map((value) => ({ value }));
  ring.forEach((node, i) => {
    node.next = ring[(i + 1) % ring.length];
  });
  return ring[0];
};
const named = (name: string): unknown => Object.assign([1, 2], { [name]: 3 });
const long = (length: number, extra: object = {}): unknown =>
  Object.assign(
    Array.from({ length }, (_, i) => i),
    extra,
  );
const sparse = (length: number, at: number): unknown[] => {
  const array: unknown[] = [];
  array.length = length;
  array[at] = 1;
  return array;
};

export const EXACT: readonly Row[] = [
  ['numbers', 1, 1, true],
  ['different numbers', 1, 1 + Number.EPSILON, false],
  ['NaN equals NaN', Number.NaN, Number.NaN, true],
  ['-0 differs from 0', -0, 0, false],
  ['an infinity equals itself', Infinity, Infinity, true],
  ['the infinities differ', Infinity, -Infinity, false],
  ['strings', 'a', 'a', true],
  ['a string is no number', '1', 1, false],
  ['bigints', 2n ** 70n, 2n ** 70n, true],
  ['a bigint is no number', 1n, 1, false],
  ['booleans differ', true, false, false],
  ['null is not undefined', null, undefined, false],
  ['undefined', undefined, undefined, true],
  ['null is no object', null, {}, false],
  ['the order of keys does not matter', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
  ['a missing key is not undefined', { a: undefined }, {}, false],
  ['another key', { a: undefined }, { b: undefined }, false],
  ['deep down', { a: [{ b: -0 }] }, { a: [{ b: 0 }] }, false],
  ['no prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }, true],
  ['arrays', [1, [2, [3]]], [1, [2, [3]]], true],
  ['the order of elements matters', [1, 2], [2, 1], false],
  ['lengths', [1], [1, 1], false],
  ['an array is no object', [], {}, false],
  ['a hole is not undefined', [undefined], sparse(1, 1).slice(0, 1), false],
  ['holes', sparse(3, 1), sparse(3, 1), true],
  ['an array of nothing but length', sparse(4_000_000_000, 3_999_999_999), sparse(4_000_000_000, 3_999_999_999), true],
  ['one element at different places', sparse(4_000_000_000, 3_999_999_999), sparse(4_000_000_000, 3_999_999_998), false],
  ['properties of an array', named('index'), named('index'), true],
  ['different properties of an array', named('index'), named('input'), false],
  ['a property that one array has', named('index'), [1, 2], false],
  ['properties of a long array', long(100, { x: 1 }), long(100, { x: 2 }), false],
  ['the same properties of a long array', long(100, { x: 1 }), long(100, { x: 1 }), true],
  ['a property that one long array has', long(100), long(100, { x: 1 }), false],
  ['dates', new Date(5), new Date(5), true],
  ['different dates', new Date(5), new Date(6), false],
  ['invalid dates', new Date(Number.NaN), new Date(Number.NaN), true],
  ['a date is no number', new Date(5), 5, false],
  ['regular expressions', /a/g, /a/g, true],
  ['flags', /a/g, /a/i, false],
  [
    'maps in any order',
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
    new Map([
      ['b', 2],
      ['a', 1],
    ]),
    true,
  ],
  ['different values of a map', new Map([['a', 1]]), new Map([['a', 2]]), false],
  ['undefined in a map', new Map([['a', undefined]]), new Map([['b', undefined]]), false],
  [
    'objects as keys',
    new Map([
      [{ k: 1 }, 1],
      [{ k: 2 }, 2],
    ]),
    new Map([
      [{ k: 2 }, 2],
      [{ k: 1 }, 1],
    ]),
    true,
  ],
  [
    'objects as keys, with their values exchanged',
    new Map([
      [{ k: 1 }, 1],
      [{ k: 2 }, 2],
    ]),
    new Map([
      [{ k: 1 }, 2],
      [{ k: 2 }, 1],
    ]),
    false,
  ],
  ['a map is no object', new Map(), {}, false],
  ['sets in any order', new Set([1, 2, Number.NaN]), new Set([Number.NaN, 2, 1]), true],
  ['different sets', new Set([1, 2]), new Set([1, 3]), false],
  ['sets of objects', new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }]), true],
  ['a set that has one object twice', new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }]), false],
  ['a set is no map', new Set(), new Map(), false],
  ['typed arrays', new Float64Array([1, -0]), new Float64Array([1, -0]), true],
  ['-0 in a typed array', new Float64Array([-0]), new Float64Array([0]), false],
  ['NaN in a typed array, with other bits', nan(0), nan(1), true],
  ['typed arrays of different types', new Int8Array([1]), new Uint8Array([1]), false],
  ['typed arrays of bigints', new BigInt64Array([1n]), new BigInt64Array([2n]), false],
  ['a part of a buffer', new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2]), true],
  ['buffers', new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer, true],
  ['different buffers', new Uint8Array([1, 2]).buffer, new Uint8Array([1, 3]).buffer, false],
  ['shared buffers', new SharedArrayBuffer(4), new SharedArrayBuffer(4), true],
  ['data views', new DataView(new ArrayBuffer(4), 1), new DataView(new ArrayBuffer(3)), true],
  ['boxed numbers', Object(1), Object(1), true],
  ['a boxed number is not a number', Object(1), 1, false],
  ['errors', new TypeError('x'), new TypeError('x'), true],
  ['errors of another class', new TypeError('x'), new RangeError('x'), false],
  ['causes', new Error('x', { cause: 1 }), new Error('x', { cause: 2 }), false],
  ['cycles', cycle(1, 2), cycle(1, 2), true],
  ['cycles that differ', cycle(1, 2), cycle(1, 3), false],
  ['a cycle and the same once more around', cycle(1), cycle(1, 1), true],
  [
    'one object twice is not asked for its identity',
    (() => {
      const x = [1];
      return [x, x];
    })(),
    [[1], [1]],
    true,
  ],
];

export const NEAR: readonly Row[] = [
  ['within abs', 1, 1.009, true],
  ['beyond abs', 1, 1.011, false],
  ['-0 and 0', -0, 0, true],
  ['NaN', Number.NaN, Number.NaN, true],
  ['NaN is near nothing', Number.NaN, 1, false],
  ['infinities', Infinity, Infinity, true],
  ['an infinity is near nothing', Infinity, Number.MAX_VALUE, false],
  ['at any depth', { a: [1, new Float32Array([1.005])] }, { a: [1.005, new Float32Array([1])] }, true],
  ['integers in a typed array', new Int32Array([1]), new Int32Array([2]), false],
  ['bigints are exact', 100n, 101n, false],
  ['dates are exact', new Date(1), new Date(2), false],
  ['strings are exact', '1', '1.001', false],
  ['numbers in a set', new Set([1, 2]), new Set([2.005, 1.005]), true],
  ['numbers in a set, of which one has to give way', new Set([1, 1.009]), new Set([1.018, 1.009]), true],
  ['numbers in a set, too many near the same', new Set([1, 1.005]), new Set([1, 5]), false],
  [
    'numbers as keys',
    new Map([
      [1, 'a'],
      [2, 'b'],
    ]),
    new Map([
      [2.001, 'b'],
      [1.001, 'a'],
    ]),
    true,
  ],
  [
    'numbers as keys, with the values exchanged',
    new Map([
      [1, 'a'],
      [2, 'b'],
    ]),
    new Map([
      [2.001, 'a'],
      [1.001, 'b'],
    ]),
    false,
  ],
];

export const RELATIVE: readonly Row[] = [
  ['within rel', 1000, 1010, true],
  ['beyond rel', 1000, 1011, false],
  ['small numbers need to be as near', 1e-9, 1.02e-9, false],
  ['nothing but 0 is near 0', 0, 1e-300, false],
  ['opposite signs', 1e308, -1e308, false],
];
