import { inspect } from 'node:util';
import { InvalidOptionError, OptionRangeError } from '../core/errors.ts';
import type { Given } from '../core/foreign/given.ts';

/** Checks one value and returns it in its final form. `path` names it in messages, as in `timeout.run`. */
export type Check<T> = (value: unknown, path: string) => T;

function got(value: unknown): string {
  try {
    return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60 }).slice(0, 120);
  } catch {
    return typeof value;
  }
}

export function wrongType(path: string, expected: string, value: unknown): never {
  throw new InvalidOptionError(`${path}: Expected ${expected}. Got ${got(value)}.`);
}

export function outOfRange(path: string, expected: string, value: unknown): never {
  throw new OptionRangeError(`${path}: Expected ${expected}. Got ${got(value)}.`);
}

/** A whole number of at least `min`; `Infinity` too if `infinity` says what it means. */
export function whole(min: number, unit: string, infinity?: string): Check<number> {
  const expected = `a whole number${unit === '' ? '' : ` of ${unit}`}, at least ${min}${infinity === undefined ? '' : `, or Infinity (${infinity})`}`;
  return (value, path) => {
    if (typeof value !== 'number') return wrongType(path, expected, value);
    if (value === Number.POSITIVE_INFINITY && infinity !== undefined) return value;
    if (!Number.isSafeInteger(value) || value < min) return outOfRange(path, expected, value);
    return value;
  };
}

/** A number, whole or not, from `min` to `max`. */
export function real(min: number, max: number): Check<number> {
  const expected = `a number from ${min} to ${max}`;
  return (value, path) => {
    if (typeof value !== 'number') return wrongType(path, expected, value);
    if (!(value >= min && value <= max)) return outOfRange(path, expected, value);
    return value;
  };
}

export const anyNumber: Check<number> = (value, path) => {
  if (typeof value !== 'number') return wrongType(path, 'a finite number', value);
  return Number.isFinite(value) ? value : outOfRange(path, 'a finite number', value);
};

export const string: Check<string> = (value, path) =>
  typeof value === 'string' && value !== '' ? value : wrongType(path, 'a string that is not empty', value);

export const boolean: Check<boolean> = (value, path) => (typeof value === 'boolean' ? value : wrongType(path, 'true or false', value));

// biome-ignore lint/suspicious/noExplicitAny: a user's function of any shape
export const fn: Check<(...args: any[]) => any> = (value, path) =>
  // biome-ignore lint/suspicious/noExplicitAny: a user's function of any shape
  typeof value === 'function' ? (value as (...args: any[]) => any) : wrongType(path, 'a function', value);

export const object: Check<Record<string, unknown>> = (value, path) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : wrongType(path, 'an object', value);

export function arrayOf<T>(check: Check<T>, what: string): Check<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return wrongType(path, `an array of ${what}`, value);
    return value.map((item, index) => check(item, `${path}[${index}]`));
  };
}

export function oneOf<T extends string>(...choices: readonly T[]): Check<T> {
  const expected = choices.map((choice) => `'${choice}'`).join(', ');
  return (value, path) => (choices.includes(value as T) ? (value as T) : wrongType(path, `one of ${expected}`, value));
}

/** The fields of an object, each with its check; an `undefined` field counts as not given. */
export type Shape<T> = { readonly [K in keyof T]-?: Check<Exclude<T[K], undefined>> };

/**
 * Checks an object of options: unknown names are refused, with a hint at the nearest known one.
 * Returns only the fields that were given.
 */
export function shaped<T extends object>(shape: Shape<T>): Check<Given<T>> {
  const names = Object.keys(shape);
  return (value, path) => {
    const given = object(value, path);
    const result = Object.create(null) as { -readonly [K in keyof T]?: Exclude<T[K], undefined> }; // What is on Object.prototype was not given.
    for (const name of Object.keys(given)) {
      const where = path === '' || path === 'options' ? name : `${path}.${name}`;
      if (!Object.hasOwn(shape, name)) wrongType(where, `a known option (${names.join(', ')})`, `an option called ${name}`);
      const field = given[name]; // Once: a getter may give something else the next time.
      if (field !== undefined) result[name as keyof T] = shape[name as keyof T](field, where) as never;
    }
    return result;
  };
}
