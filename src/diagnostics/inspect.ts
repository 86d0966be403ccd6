import { inspect, types } from 'node:util';

/** Levels of nesting that are shown. */
const DEPTH = 4;
/** Elements or properties of one object that are shown. */
const WIDTH = 20;
/** Characters of one string that are shown. */
const TEXT = 200;

const getter = (prototype: object, key: string | symbol): ((this: unknown) => unknown) =>
  Object.getOwnPropertyDescriptor(prototype, key)!.get as (this: unknown) => unknown;
const viewName = getter(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag);
const viewLength = getter(Object.getPrototypeOf(Uint8Array.prototype) as object, 'length');
const mapSize = getter(Map.prototype, 'size');
const setSize = getter(Set.prototype, 'size');

/**
 * A short picture of any value, in time and space that do not depend on its size beyond listing its keys. Runs no code of the
 * value: no getters, no proxy traps, no methods. `util.inspect` has no limit for keys, and reads getters on the way.
 */
export function sketch(value: unknown, maxLength: number): string {
  const room = { left: maxLength };
  const text = draw(value, DEPTH, room);
  return text.length <= maxLength ? text : `${text.slice(0, Math.max(0, maxLength - 1))}…`;
}

interface Room {
  left: number;
}

function draw(value: unknown, depth: number, room: Room): string {
  if (types.isProxy(value)) return leaf('[Proxy]', room);
  if (typeof value === 'function') return leaf('[Function]', room);
  if (typeof value !== 'object' || value === null) return leaf(primitive(value), room);
  if (types.isDate(value)) return leaf(dateText(value), room);
  if (types.isTypedArray(value)) return leaf(viewText(value), room);
  if (types.isAnyArrayBuffer(value) || types.isDataView(value))
    return leaf(`[${types.isDataView(value) ? 'DataView' : 'ArrayBuffer'}]`, room);
  if (depth === 0) return leaf(Array.isArray(value) ? '[Array]' : '[Object]', room);
  if (Array.isArray(value)) return list('[', ']', value.length, indexed(value), depth, room);
  if (types.isMap(value)) return list('Map {', '}', mapSize.call(value) as number, pairs(value), depth, room);
  if (types.isSet(value)) return list('Set {', '}', setSize.call(value) as number, members(value), depth, room);
  const keys = types.isNativeError(value) ? ['message', 'code', 'cause'].filter((key) => Object.hasOwn(value, key)) : Object.keys(value);
  const name = className(value);
  return list(name === '' ? '{' : `${name} {`, '}', keys.length, properties(value, keys), depth, room);
}

function leaf(text: string, room: Room): string {
  room.left -= text.length;
  return text;
}

function primitive(value: unknown): string {
  if (typeof value === 'string') return inspect(value, { maxStringLength: TEXT, breakLength: Number.POSITIVE_INFINITY });
  // Printing a huge one takes time that grows with its square.
  if (typeof value === 'bigint') return BigInt.asIntN(256, value) === value ? `${value}n` : '[bigint of more than 256 bits]';
  if (typeof value === 'symbol') return `Symbol(${(value.description ?? '').slice(0, TEXT)})`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function dateText(value: Date): string {
  const time = Date.prototype.getTime.call(value);
  return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString();
}

/** Elements of a typed array cannot be accessors. */
function viewText(value: ArrayLike<unknown>): string {
  const length = viewLength.call(value) as number;
  const shown = Array.from({ length: Math.min(length, WIDTH) }, (_, i) => primitive(value[i]));
  if (length > WIDTH) shown.push(`… ${length - WIDTH} more`);
  return `${viewName.call(value)}(${length}) [ ${shown.join(', ')} ]`;
}

type Part = readonly [label: string, value: unknown];
const ACCESSOR: unique symbol = Symbol('accessor');

/** `get` is never called: it may throw, lie or never return. */
function own(target: object, key: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  return descriptor === undefined ? undefined : 'value' in descriptor ? descriptor.value : ACCESSOR;
}

function* indexed(array: readonly unknown[]): Generator<Part> {
  for (let i = 0; i < array.length; i++) yield ['', own(array, String(i))];
}

function* properties(target: object, keys: readonly string[]): Generator<Part> {
  for (const key of keys) yield [`${/^[\w$]{1,60}$/.test(key) ? key : inspect(key.slice(0, 60))}: `, own(target, key)];
}

function* pairs(map: ReadonlyMap<unknown, unknown>): Generator<Part> {
  for (const [key, value] of Map.prototype.entries.call(map))
    yield [`${types.isProxy(key) || (typeof key === 'object' && key !== null) ? '[Object]' : draw(key, 0, { left: TEXT })} => `, value];
}

function* members(set: ReadonlySet<unknown>): Generator<Part> {
  for (const value of Set.prototype.values.call(set)) yield ['', value];
}

function list(open: string, close: string, size: number, parts: Iterable<Part>, depth: number, room: Room): string {
  const shown: string[] = [];
  room.left -= open.length + close.length + 2;
  for (const [label, value] of parts) {
    if (shown.length === WIDTH || room.left <= 0) break;
    room.left -= label.length + 2;
    shown.push(label + (value === ACCESSOR ? leaf('[Getter]', room) : draw(value, depth - 1, room)));
  }
  if (shown.length < size) shown.push(leaf(`… ${size - shown.length} more`, room));
  return shown.length === 0 ? open + close : `${open} ${shown.join(', ')} ${close}`;
}

/** Name of the class of an object, where it can be had without running any code; empty for plain ones. */
function className(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype || types.isProxy(prototype)) return '';
  const maker = own(prototype, 'constructor');
  if (typeof maker !== 'function' || types.isProxy(maker)) return '';
  const name = own(maker, 'name');
  return typeof name === 'string' ? name.slice(0, 60) : '';
}
