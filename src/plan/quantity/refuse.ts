import { InvalidOptionError, OptionRangeError } from '../../core/errors.ts';

/** A value as it is shown in a message: short, and text in quotes. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

export function refuse(name: string, expected: string, value: unknown): never {
  throw new InvalidOptionError(`${name}: Expected ${expected}. Got ${shown(value)}.`);
}

export function outOfRange(name: string, expected: string, value: unknown): never {
  throw new OptionRangeError(`${name}: Expected ${expected}. Got ${shown(value)}.`);
}
