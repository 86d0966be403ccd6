import { toBytes } from '../core/wire/bytes.ts';
import { type Encoded, encodeError } from '../core/wire/codec.ts';
import { type Moved, transferred } from '../core/wire/moving.ts';
import { digestOf } from '../core/wire/sealed.ts';
import { LoadFailure } from './modules/task-modules.ts';

/** Smaller results are sent as they are; bytes. */
const LARGE = 65_536;
/** What a number, a reference or a key is taken to need, beside its text; bytes. */
const WORD = 8;

/** A result as bytes, and their digest. */
export interface SealedResult {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/**
 * Seals a large result of a task whose copies are compared. `undefined` for one that is sent as it is: a small one, one whose memory moves
 * anyway, or one that only a message between threads can hold, as it can shared memory.
 */
export function sealed(result: unknown): SealedResult | undefined {
  try {
    if (transferred(result) !== undefined || !isLarge(result)) return undefined;
    const bytes = toBytes(result);
    return bytes.length < LARGE ? undefined : { digest: digestOf(bytes), bytes };
  } catch {
    return undefined; // It cannot be cloned, at least not like this; sending it will tell.
  }
}

/** A walk that ends as soon as it has found enough. */
function isLarge(result: unknown): boolean {
  if (typeof result !== 'object') return sizeOf(result) >= LARGE;
  const seen = new Set<object>();
  const open: unknown[] = [result];
  let size = 0;
  while (open.length > 0 && size < LARGE) {
    const value = open.pop();
    size += sizeOf(value);
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    size += inside(value, open);
  }
  return size >= LARGE;
}

function sizeOf(value: unknown): number {
  return WORD + (typeof value === 'string' ? value.length : 0);
}

/** Puts what the object holds on the list; what it holds that need not be looked at is returned in bytes. */
function inside(value: object, open: unknown[]): number {
  if (ArrayBuffer.isView(value)) return value.buffer.byteLength;
  if (value instanceof ArrayBuffer) return value.byteLength;
  const members = Array.isArray(value) ? value.length : value instanceof Map || value instanceof Set ? value.size : 0;
  if (members * WORD >= LARGE) return LARGE; // Whatever they are.
  if (value instanceof Map) for (const entry of value) open.push(...entry);
  else if (value instanceof Set || Array.isArray(value)) open.push(...value);
  else for (const [key, one] of Object.entries(value)) open.push(key, one);
  return 0;
}

/** What an item threw, or that its module did not load, ready to be sent. */
export interface Failure {
  readonly note: 'error' | 'load';
  readonly error: Encoded;
}

export function failureOf(thrown: unknown): Failure {
  return LoadFailure.is(thrown) ? { note: 'load', error: encodeError(thrown.error) } : { note: 'error', error: encodeError(thrown) };
}

/** What a result was marked to move, read once; `undefined` for one that is copied. A proxy may claim to be marked, and throw: sending it will say so. */
export function moving(result: unknown): Moved | undefined {
  const marked = transferred(result);
  if (marked === undefined) return undefined;
  try {
    return { value: marked.value, list: marked.list };
  } catch {
    return undefined;
  }
}
