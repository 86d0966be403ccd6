import { types } from 'node:util';
import { append, getFrom, hasIn, setIn } from '../foreign/intrinsics.ts';
import { isTooDeep } from './depth.ts';

// Taken before code of the user can put something in their place: see intrinsics.ts.
const { isNativeError } = types;
const { getPrototypeOf, hasOwn, keys: keysOf } = Object;
const { isArray } = Array;
const asText = String;
/** Only threads and cells encode; a program in jsdom, which has no such function, only revives. */
const clone = globalThis.structuredClone;
const [AnyError, KnownMap] = [Error, Map];
/** Its name is given when it is made, and its code follows from that. */
const DomException = globalThis.DOMException;

/**
 * An error on its way between threads: plain data that structured clone always takes. An error that occurs twice, or that is its
 * own cause, is one object here too, which structured clone keeps.
 */
export interface EncodedError {
  readonly $: 'error';
  /** Nearest built-in class. */
  readonly base: string;
  readonly name: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  cause?: Encoded;
  errors?: readonly Encoded[];
}

/** A thrown value that is no error, as it is. */
interface EncodedValue {
  readonly $: 'value';
  readonly value: unknown;
}

export type Encoded = EncodedError | EncodedValue;

export const BUILT_IN = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException: DomException,
} as const;
/** How many errors of a chain of causes are sent. */
export const MAX_DEPTH = 16;
export const MAX_ERRORS = 1000;
/** Fields that have a place of their own in the record. */
export const OWN_PLACE = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** Reads a property that may be a getter that throws, or sit behind a hostile proxy. */
function read(target: object, key: string): unknown {
  try {
    return (target as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function isError(value: unknown): value is Error {
  try {
    return isNativeError(value) || value instanceof AnyError;
  } catch {
    return false;
  }
}

function baseOf(error: object): string {
  try {
    for (let proto = getPrototypeOf(error); proto !== null; proto = getPrototypeOf(proto)) {
      const name = proto.constructor?.name;
      if (typeof name === 'string' && hasOwn(BUILT_IN, name)) return name;
    }
  } catch {
    // A proxy that hides its prototype: a plain Error will do.
  }
  return 'Error';
}

const text = (value: unknown): string => {
  try {
    return typeof value === 'string' ? value : asText(value ?? '');
  } catch {
    return '';
  }
};

/** Own fields, as far as they can be cloned; functions and the like are left behind. */
function fieldsOf(error: object, base: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let keys: string[] = [];
  try {
    keys = keysOf(error);
  } catch {
    return fields;
  }
  if (base !== 'DOMException' && read(error, 'code') !== undefined) append(keys, 'code'); // A getter of its class, perhaps. To read it twice does no harm.
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (hasIn(OWN_PLACE, key)) continue;
    const value = read(error, key);
    try {
      fields[key] = cloned(value);
    } catch {
      // Not cloneable: the error is worth more than this field.
    }
  }
  return fields;
}

function has(target: object, key: string): boolean {
  try {
    return key in target;
  } catch {
    return false;
  }
}

function listOf(error: object): unknown[] | undefined {
  try {
    const { errors } = error as { errors?: unknown };
    if (!isArray(errors)) return undefined;
    const list: unknown[] = [];
    for (let i = 0; i < errors.length && i < MAX_ERRORS; i++) append(list, errors[i]);
    return list;
  } catch {
    return undefined;
  }
}

function encode(thrown: unknown, depth: number, known: Map<unknown, EncodedError>): Encoded {
  if (!isError(thrown)) return { $: 'value', value: depth === 0 && !isBottomless(thrown) ? thrown : cloneable(thrown) };
  const before = getFrom(known, thrown);
  if (before !== undefined) return before;
  if (depth >= MAX_DEPTH) return { $: 'value', value: '[cut off: too deep]' };
  const name = read(thrown, 'name');
  const stack = read(thrown, 'stack');
  const base = baseOf(thrown);
  const encoded: EncodedError = {
    $: 'error',
    base,
    name: typeof name === 'string' ? name : undefined,
    message: text(read(thrown, 'message')),
    stack: typeof stack === 'string' ? stack : undefined,
    fields: fieldsOf(thrown, base),
  };
  setIn(known, thrown, encoded);
  if (has(thrown, 'cause')) encoded.cause = encode(read(thrown, 'cause'), depth + 1, known);
  const errors = listOf(thrown);
  if (errors !== undefined) {
    for (let i = 0; i < errors.length; i++) errors[i] = encode(errors[i], depth + 1, known);
    encoded.errors = errors as Encoded[];
  }
  return encoded;
}

/**
 * Turns a thrown value into plain data: class (built-in ones), name, message, stack, code, own fields, `cause` chain and
 * `errors`. A thrown value that is no error goes as it is; whether it can be cloned shows when it is posted. Never throws, however
 * hostile the value is.
 */
export function encodeError(thrown: unknown): Encoded {
  return encode(thrown, 0, new KnownMap());
}

/** It can be cloned here, and perhaps not be read where it arrives. Whatever else it is shows when it is posted. */
function isBottomless(thrown: unknown): boolean {
  try {
    return isTooDeep(thrown);
  } catch {
    return false;
  }
}

/** The same for what has to arrive: a thrown value that is no error and cannot be cloned is described instead. */
export function encodeForSure(thrown: unknown): Encoded {
  const encoded = encodeError(thrown);
  if (encoded.$ === 'error' || isCloneable(encoded.value)) return encoded;
  return encodeError(new AnyError(`A value was thrown that cannot be cloned (${typeof thrown}).`));
}

/** Most fields are strings and numbers, which need no clone. @throws what cannot be cloned, or not be read where it arrives */
function cloned(value: unknown): unknown {
  const kind = typeof value;
  if ((kind !== 'object' || value === null) && kind !== 'function' && kind !== 'symbol') return value;
  const copy = clone(value);
  if (isTooDeep(copy)) throw new AnyError('It is nested too deeply.');
  return copy;
}

function isCloneable(value: unknown): boolean {
  try {
    cloned(value);
    return true;
  } catch {
    return false;
  }
}

function cloneable(value: unknown): unknown {
  try {
    return cloned(value);
  } catch {
    return `[not cloneable: ${typeof value}]`;
  }
}
