import { inspect, types } from 'node:util';
import { isPlain } from '../../core/wire/plain-json.ts';

/** The kinds of objects that have a structure which can be compared. */
export type Kind = 'array' | 'plain' | 'map' | 'set' | 'typed' | 'memory' | 'boxed' | 'date' | 'regexp' | 'error';

/** @throws {TypeError} for an object of any other kind */
export function kindOf(value: object): Kind {
  if (Array.isArray(value)) return 'array';
  if (isPlain(value)) return 'plain';
  if (types.isTypedArray(value)) return 'typed';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isDate(value)) return 'date';
  if (types.isRegExp(value)) return 'regexp';
  if (types.isNativeError(value)) return 'error';
  if (types.isBoxedPrimitive(value)) return 'boxed';
  if (types.isAnyArrayBuffer(value) || types.isDataView(value)) return 'memory';
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } }).constructor?.name ?? 'an unknown class';
  throw new TypeError(`A ${name} has no structure that can be compared. Return plain data, or give equal as a function.`);
}

/** Up to this length the keys of an array may be counted. */
const SHORT = 32;

/**
 * Whether an array has properties beside its elements, as the result of `RegExp.exec` has. To list the keys of a long array
 * takes ten times as long as to compare it; `inspect` is the one public way to leave the elements out.
 */
export function hasNamedProperties(array: readonly unknown[]): boolean {
  if (array.length > SHORT) return inspect(array, { maxArrayLength: 0, depth: 0 }) !== `[ ... ${array.length} more items ]`;
  let elements = 0;
  for (let i = 0; i < array.length; i++) if (i in array) elements++;
  return Object.keys(array).length > elements;
}

export function bytesOf(value: ArrayBufferLike | NodeJS.ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
