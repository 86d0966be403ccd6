import { types } from 'node:util';
import { isPlain } from '../core/wire/plain-json.ts';

/** A value that this does not copy. */
export const NOT_SMALL: unique symbol = Symbol('not small');

/** Values and characters that are copied at most; what is larger is serialized sooner than walked through. */
const MOST_VALUES = 48;
const MOST_TEXT = 4_096;

const { isArray } = Array;
const { isProxy } = types;
const { keys: keysOf } = Object;

/** What is left of one copy. It is made at one go, so one is enough for all. */
let values = 0;
let text = 0;
const seen: (object | undefined)[] = new Array<undefined>(MOST_VALUES).fill(undefined);
let seenCount = 0;

/**
 * A copy of a small value as structured clone would make it, in a tenth of the time. `NOT_SMALL` for all that is large, or not made of braces,
 * brackets and primitives alone, or holds an object twice: those are left to the serializer, which also says what is wrong with them.
 */
export function smallCopy(value: object): object | typeof NOT_SMALL {
  if (seenCount > 0) return NOT_SMALL; // A getter of a value that is being copied has got here.
  values = MOST_VALUES;
  text = MOST_TEXT;
  try {
    return copied(value) as object | typeof NOT_SMALL;
  } finally {
    while (seenCount > 0) seen[--seenCount] = undefined; // To set a length costs a call of the engine.
  }
}

/** Bytes that a value holds which `smallCopy` has made, about. */
export function smallSize(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 32;
  for (const key of keysOf(value)) size += 8 + smallSize((value as Record<string, unknown>)[key]);
  return size;
}

function copied(value: unknown): unknown {
  if (--values < 0) return NOT_SMALL;
  switch (typeof value) {
    case 'string':
      text -= value.length;
      return text < 0 ? NOT_SMALL : value;
    case 'function':
    case 'symbol':
      return NOT_SMALL;
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (isProxy(value) || wasSeen(value)) return NOT_SMALL;
  seen[seenCount++] = value;
  return isArray(value) ? listCopy(value) : isPlain(value) ? objectCopy(value as Record<string, unknown>) : NOT_SMALL;
}

function wasSeen(value: object): boolean {
  for (let i = 0; i < seenCount; i++) if (seen[i] === value) return true;
  return false;
}

function listCopy(list: readonly unknown[]): unknown[] | typeof NOT_SMALL {
  if (list.length > MOST_VALUES || keysOf(list).length !== list.length) return NOT_SMALL; // Holes, or properties of its own.
  const copy: unknown[] = [];
  for (let i = 0; i < list.length; i++) {
    const inner = copied(list[i]);
    if (inner === NOT_SMALL) return NOT_SMALL;
    copy.push(inner);
  }
  return copy;
}

function objectCopy(object: Record<string, unknown>): object | typeof NOT_SMALL {
  const copy: Record<string, unknown> = {};
  for (const key of keysOf(object)) {
    if (key === '__proto__') return NOT_SMALL;
    const inner = copied(object[key]);
    if (inner === NOT_SMALL) return NOT_SMALL;
    copy[key] = inner;
  }
  return copy;
}
