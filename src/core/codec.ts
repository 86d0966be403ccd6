import { types } from 'node:util';

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
    return Array.isArray(errors) ? Array.from({ length: Math.min(errors.length, MAX_ERRORS) }, (_, i) => errors[i]) : undefined;
  } catch {
    return undefined;
  }
}

function encode(thrown: unknown, depth: number, known: Map<unknown, EncodedError>): Encoded {
  if (!isError(thrown)) return { $: 'value', value: depth === 0 ? thrown : cloneable(thrown) };
  const before = known.get(thrown);
  if (before !== undefined) return before;
  if (depth >= MAX_DEPTH) return { $: 'value', value: '[cut off: too deep]' };
  const name = read(thrown, 'name');
  const stack = read(thrown, 'stack');
  const encoded: EncodedError = {
    $: 'error',
    base: baseOf(thrown),
    name: typeof name === 'string' ? name : undefined,
    message: text(read(thrown, 'message')),
    stack: typeof stack === 'string' ? stack : undefined,
    fields: fieldsOf(thrown),
  };
  known.set(thrown, encoded);
  if (has(thrown, 'cause')) encoded.cause = encode(read(thrown, 'cause'), depth + 1, known);
  const errors = listOf(thrown);
  if (errors !== undefined) encoded.errors = errors.map((inner) => encode(inner, depth + 1, known));
  return encoded;
}

/**
 * Turns a thrown value into plain data: class (built-in ones), name, message, stack, code, own fields, `cause` chain and
 * `errors`. A thrown value that is no error goes as it is; whether it can be cloned shows when it is posted. Never throws, however
 * hostile the value is.
 */
export function encodeError(thrown: unknown): Encoded {
  return encode(thrown, 0, new Map());
}

/** The same for what has to arrive: a thrown value that is no error and cannot be cloned is described instead. */
export function encodeForSure(thrown: unknown): Encoded {
  const encoded = encodeError(thrown);
  if (encoded.$ === 'error' || isCloneable(encoded.value)) return encoded;
  return encodeError(new Error(`A value was thrown that cannot be cloned (${typeof thrown}).`));
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return `[not cloneable: ${typeof value}]`;
  }
}

/** Whether a message holds an encoded error, as far as one can see from outside. */
export function isEncoded(value: unknown): value is Encoded {
  const encoded = value as Partial<EncodedError> | null | undefined;
  if (encoded?.$ !== 'error') return (encoded as { $?: unknown } | null | undefined)?.$ === 'value';
  return typeof encoded.message === 'string' && typeof encoded.fields === 'object' && encoded.fields !== null;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}

/** The reverse of `encodeError`. */
export function reviveError(encoded: Encoded, known: Map<Encoded, unknown> = new Map()): unknown {
  if (encoded.$ === 'value') return encoded.value;
  if (known.has(encoded)) return known.get(encoded);
  const Base = BUILT_IN[encoded.base as keyof typeof BUILT_IN] ?? Error;
  const error = Base === AggregateError ? new AggregateError([], encoded.message) : new (Base as ErrorConstructor)(encoded.message);
  known.set(encoded, error);
  if (encoded.name !== undefined && encoded.name !== error.name) define(error, 'name', encoded.name);
  define(error, 'stack', encoded.stack);
  if (encoded.cause !== undefined) define(error, 'cause', reviveError(encoded.cause, known));
  if (encoded.errors !== undefined)
    define(
      error,
      'errors',
      encoded.errors.map((inner) => reviveError(inner, known)),
    );
  for (const [key, value] of Object.entries(encoded.fields)) {
    if (key !== '__proto__') Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: true });
  }
  return error;
}
