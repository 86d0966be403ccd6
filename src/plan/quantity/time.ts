import { numberOf } from './number.ts';
import { outOfRange, refuse } from './refuse.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY: number = 24 * HOUR;
/** A year has 365 days, as in what is usually printed of nines and hours. */
export const YEAR: number = 365 * DAY;

const UNITS: readonly (readonly [names: readonly string[], ms: number])[] = [
  [['ns', 'nanosecond', 'nanoseconds'], 1e-6],
  [['us', 'µs', 'μs', 'microsecond', 'microseconds'], 1e-3],
  [['ms', 'millisecond', 'milliseconds'], 1],
  [['s', 'sec', 'secs', 'second', 'seconds'], SECOND],
  [['m', 'min', 'mins', 'minute', 'minutes'], MINUTE],
  [['h', 'hr', 'hrs', 'hour', 'hours'], HOUR],
  [['d', 'day', 'days'], DAY],
  [['w', 'week', 'weeks'], 7 * DAY],
  [['mo', 'month', 'months'], YEAR / 12],
  [['y', 'yr', 'yrs', 'a', 'year', 'years'], YEAR],
];
const MS = new Map(UNITS.flatMap(([names, ms]) => names.map((name) => [name, ms] as const)));

const EXPECTED = 'a time above 0 with its unit, such as 3y, 8s, 1ms, 90 days or 1h 30m';
/** A number and its unit; the number ends where a letter begins that is not an exponent. */
const PART = /^\s*([\d.,_]+(?: \d{3})*(?:e[+-]?\d+)?)\s*([a-zµμ]+)/i;

/** Milliseconds. A number is taken as milliseconds; text needs a unit. @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function time(given: unknown, name: string): number {
  if (typeof given === 'number') return given > 0 && Number.isFinite(given) ? given : outOfRange(name, EXPECTED, given);
  if (typeof given !== 'string') return refuse(name, EXPECTED, given);
  let rest = given;
  let sum = 0;
  let smallest = Number.POSITIVE_INFINITY;
  while (rest.trim() !== '') {
    const [part, digits, unit] = PART.exec(rest) ?? [];
    const ms = MS.get(unit ?? '') ?? MS.get((unit ?? '').toLowerCase());
    const value = digits === undefined ? undefined : numberOf(digits);
    // From the larger to the smaller unit: `30m 1h` is more likely a slip than a time.
    if (value === undefined || ms === undefined || ms >= smallest) return refuse(name, EXPECTED, given);
    smallest = ms;
    sum += value * ms;
    rest = rest.slice(part!.length);
  }
  return sum > 0 && Number.isFinite(sum) ? sum : outOfRange(name, EXPECTED, given);
}

/** As `time`, and 0 (with or without a unit) is a time too. */
export function timeOrNone(given: unknown, name: string): number {
  return given === 0 || (typeof given === 'string' && /^\s*0+(?:\.0+)?\s*[a-zµμ]*\s*$/i.test(given)) ? 0 : time(given, name);
}
