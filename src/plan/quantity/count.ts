import { largeNumberOf } from './number.ts';
import { outOfRange, refuse } from './refuse.ts';

/** A whole number between two bounds. Text may have groups and endings: `1,000`, `20k`. */
export function count(least: number, most: number, of: string): (given: unknown, name: string) => number {
  const expected = `a whole number of ${of}, from ${least} to ${most.toLocaleString('en')}, such as ${Math.max(least, 3)}`;
  return (given, name) => {
    const value = typeof given === 'string' ? largeNumberOf(given) : given;
    if (typeof value !== 'number') return refuse(name, expected, given);
    return Number.isInteger(value) && value >= least && value <= most ? value : outOfRange(name, expected, given);
  };
}

const PER: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
};
const RATE = 'a number of events a second above 0, such as 1000, 20k, 60k/min or 1M/day';

/** Events a second: `1000`, `1000/s`, `60k/min`, `5 per hour`. @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function rate(given: unknown, name: string): number {
  if (typeof given !== 'number' && typeof given !== 'string') return refuse(name, RATE, given);
  let value: number | undefined;
  if (typeof given === 'number') value = given;
  else {
    const [, number, unit = 's'] = /^(.+?)(?:\s*(?:\/|per|a)\s*([a-z]+))?$/i.exec(given.trim()) ?? [];
    const seconds = PER[unit.toLowerCase()];
    const counted = number === undefined ? undefined : largeNumberOf(number);
    value = counted === undefined || seconds === undefined ? undefined : counted / seconds;
  }
  if (value === undefined) return refuse(name, RATE, given);
  return value > 0 && Number.isFinite(value) ? value : outOfRange(name, RATE, given);
}
