import { BUILT_IN, type Encoded, type EncodedError, MAX_DEPTH, MAX_ERRORS, OWN_PLACE } from './codec.ts';

/** Whether a message holds an encoded error, as far as one can see from outside. */
export function isEncoded(value: unknown): value is Encoded {
  if (!isRecord(value)) return false;
  if (own(value, '$') !== 'error') return own(value, '$') === 'value';
  return typeof own(value, 'message') === 'string' && isRecord(own(value, 'fields'));
}

/**
 * The reverse of `encodeError`. What comes from a thread may have been forged there, so nothing is taken for granted but that it has come
 * through a port or a pipe, which leaves plain data without getters. Never throws: what makes no sense becomes a plain `Error`.
 */
export function reviveError(encoded: unknown): unknown {
  try {
    return revive(encoded, 0, new Map());
  } catch {
    return new Error(NO_SENSE); // A property, say, that some class of error does not let us define.
  }
}

const NO_SENSE = 'The error of the thread came in a form that makes no sense.';

function revive(encoded: unknown, depth: number, known: Map<object, Error>): unknown {
  if (!isRecord(encoded)) return new Error(NO_SENSE);
  const kind = own(encoded, '$');
  if (kind === 'value') return own(encoded, 'value');
  const before = known.get(encoded);
  if (before !== undefined) return before;
  if (kind !== 'error') return new Error(NO_SENSE);
  if (depth > MAX_DEPTH) return new Error('[cut off: too deep]');
  const error = bare(encoded);
  known.set(encoded, error);
  if (Object.hasOwn(encoded, 'cause') && encoded.cause !== undefined) define(error, 'cause', revive(encoded.cause, depth + 1, known));
  const errors = own(encoded, 'errors');
  if (Array.isArray(errors)) {
    const inner = errors.slice(0, MAX_ERRORS);
    define(
      error,
      'errors',
      Array.from(inner, (one) => revive(one, depth + 1, known)),
    );
  }
  const fields = own(encoded, 'fields');
  if (isRecord(fields)) {
    for (const [key, value] of Object.entries(fields)) {
      if (key !== '__proto__' && !OWN_PLACE.has(key))
        Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: true });
    }
  }
  return error;
}

/** Class, name, message and stack. */
function bare(encoded: Record<string, unknown>): Error {
  const [base, name, message, stack] = [own(encoded, 'base'), own(encoded, 'name'), own(encoded, 'message'), own(encoded, 'stack')];
  const text = typeof message === 'string' ? message : '';
  const Base = typeof base === 'string' && Object.hasOwn(BUILT_IN, base) ? BUILT_IN[base as keyof typeof BUILT_IN] : Error;
  const error = make(Base, text, typeof name === 'string' ? name : undefined);
  if (typeof name === 'string' && name !== error.name) define(error, 'name', name);
  define(error, 'stack', typeof stack === 'string' ? stack : undefined);
  return error;
}

function make(Base: (typeof BUILT_IN)[keyof typeof BUILT_IN], message: string, name: string | undefined): Error {
  if (Base === AggregateError) return new AggregateError([], message);
  return Base === BUILT_IN.DOMException ? new BUILT_IN.DOMException(message, name) : new (Base as ErrorConstructor)(message);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function own(record: Record<string, unknown>, key: keyof EncodedError | 'value'): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}
