import { types } from 'node:util';

/** An error on its way between threads: plain data that structured clone always takes. */
export interface EncodedError {
  readonly $: 'error';
  /** Nearest built-in class. */
  readonly base: string;
  readonly name: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: Encoded;
  readonly errors?: readonly Encoded[];
}

/** A thrown value that is no error, as it is. */
interface EncodedValue {
  readonly $: 'value';
  readonly value: unknown;
}

export type Encoded = EncodedError | EncodedValue;

const BUILT_IN = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError } as const;
const MAX_DEPTH = 16;
const MAX_ERRORS = 1000;
const OWN_PLACE = new Set(['name', 'message', 'stack', 'cause', 'errors']);

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
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

function baseOf(error: object): string {
  try {
    for (let proto = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
      const name = proto.constructor?.name;
      if (typeof name === 'string' && Object.hasOwn(BUILT_IN, name)) return name;
    }
  } catch {
    // A proxy that hides its prototype: a plain Error will do.
  }
  return 'Error';
}

const text = (value: unknown): string => {
  try {
    return typeof value === 'string' ? value : String(value ?? '');
  } catch {
    return '';
  }
};

/** Own fields, as far as they can be cloned; functions and the like are left behind. */
function fieldsOf(error: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let keys: string[] = [];
  try {
    keys = Object.keys(error);
  } catch {
    return fields;
  }
  if (!keys.includes('code') && read(error, 'code') !== undefined) keys.push('code');
  for (const key of keys) {
    if (OWN_PLACE.has(key)) continue;
    const value = read(error, key);
    try {
      fields[key] = structuredClone(value);
    } catch {
      // Not cloneable: the error is worth more than this field.
    }
  }
  return fields;
}

/**
 * Turns a thrown value into plain data: class (built-in ones), name, message, stack, code, own fields, `cause` chain and
 * `errors`. A thrown value that is no error goes as it is; whether it can be cloned shows when it is posted.
 */
export function encodeError(thrown: unknown, depth = 0, seen: Set<unknown> = new Set()): Encoded {
  if (!isError(thrown)) return { $: 'value', value: thrown };
  seen.add(thrown);
  const inner = (value: unknown): Encoded => {
    if (depth >= MAX_DEPTH || seen.has(value)) return { $: 'value', value: '[cut off: circular or too deep]' };
    const encoded = encodeError(value, depth + 1, seen);
    return encoded.$ === 'value' ? { $: 'value', value: cloneable(encoded.value) } : encoded;
  };
  const name = read(thrown, 'name');
  const stack = read(thrown, 'stack');
  const encoded: { -readonly [K in keyof EncodedError]: EncodedError[K] } = {
    $: 'error',
    base: baseOf(thrown),
    name: typeof name === 'string' ? name : undefined,
    message: text(read(thrown, 'message')),
    stack: typeof stack === 'string' ? stack : undefined,
    fields: fieldsOf(thrown),
  };
  if ('cause' in thrown) encoded.cause = inner(read(thrown, 'cause'));
  const errors = read(thrown, 'errors');
  if (Array.isArray(errors)) encoded.errors = errors.slice(0, MAX_ERRORS).map(inner);
  return encoded;
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return `[not cloneable: ${typeof value}]`;
  }
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}

/** The reverse of `encodeError`. */
export function reviveError(encoded: Encoded): unknown {
  if (encoded.$ === 'value') return encoded.value;
  const Base = BUILT_IN[encoded.base as keyof typeof BUILT_IN] ?? Error;
  const error = Base === AggregateError ? new AggregateError([], encoded.message) : new (Base as ErrorConstructor)(encoded.message);
  if (encoded.name !== undefined && encoded.name !== error.name) define(error, 'name', encoded.name);
  define(error, 'stack', encoded.stack);
  if (encoded.cause !== undefined) define(error, 'cause', reviveError(encoded.cause));
  if (encoded.errors !== undefined) define(error, 'errors', encoded.errors.map(reviveError));
  for (const [key, value] of Object.entries(encoded.fields)) {
    if (key !== '__proto__') Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: true });
  }
  return error;
}
