import { types } from 'node:util';

/**
 * The mid-value of numbers: the middle one, or halfway between the two in the middle; element by element in arrays and typed
 * arrays, at any depth. In a typed array the result has the array's own type.
 * @throws {TypeError} for anything else, NaN included: it has no place in an order
 */
export function median(values: readonly unknown[]): unknown {
  const first = values[0];
  if (typeof first === 'number') return middle(values);
  if (Array.isArray(first)) return lengthwise(values as unknown[][], Array.isArray).map(median);
  if (isNumbers(first)) {
    const arrays = lengthwise(values as ArrayLike<unknown>[], (value) => isNumbers(value) && value.constructor === first.constructor);
    return (first.constructor as unknown as { from(numbers: number[]): unknown }).from(arrays.map((numbers) => middle(numbers)));
  }
  return notNumbers(first);
}

function middle(values: readonly unknown[]): number {
  for (const value of values) if (typeof value !== 'number' || Number.isNaN(value)) notNumbers(value);
  const sorted = Float64Array.from(values as number[]).sort();
  const upper = sorted[sorted.length >> 1]!;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[(sorted.length >> 1) - 1]!;
  if (lower === upper) return upper;
  const sum = lower + upper;
  const between = Number.isFinite(sum) ? sum / 2 : lower / 2 + upper / 2;
  return Number.isNaN(between) ? notNumbers(between) : between;
}

/** Turns rows into columns: what each of the arrays has at the same place. */
function lengthwise(arrays: readonly ArrayLike<unknown>[], alike: (value: unknown) => boolean): unknown[][] {
  const { length } = arrays[0]!;
  for (const array of arrays) {
    if (!alike(array)) notNumbers(array);
    if (array.length !== length) throw new TypeError(`resolve: 'median' needs arrays of one length. Got ${length} and ${array.length}.`);
  }
  return Array.from({ length }, (_, i) => arrays.map((array) => array[i]));
}

function isNumbers(value: unknown): value is NodeJS.TypedArray {
  return types.isTypedArray(value) && !types.isBigInt64Array(value) && !types.isBigUint64Array(value);
}

function notNumbers(value: unknown): never {
  const got = Number.isNaN(value)
    ? 'NaN'
    : value === null
      ? 'null'
      : Array.isArray(value)
        ? 'an array beside something else'
        : typeof value;
  throw new TypeError(`resolve: 'median' needs numbers, or arrays of numbers. Got ${got}. Give resolve as a function.`);
}
