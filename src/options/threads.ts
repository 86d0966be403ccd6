import { availableParallelism } from 'node:os';
import { type Check, outOfRange, shaped, whole, wrongType } from './checks.ts';
import type { PoolOptions } from './types.ts';

/** How many threads a pool has. */
export interface ThreadRange {
  readonly min: number;
  readonly max: number;
  /** A number was given: all of them are there at any time, and so are the spares. */
  readonly fixed: boolean;
}

const count = whole(1, 'threads');
const range = shaped<{ min?: number; max?: number }>({ min: whole(0, 'threads'), max: count });

/** One of them while there is nothing to do, and no more than there are cores. */
export function defaultThreads(): ThreadRange {
  return { min: 1, max: availableParallelism(), fixed: false };
}

/** Threads on other machines: all that these offer, or as many of them as are asked for. They have been checked. */
export function threadsOnNodes(given: PoolOptions['threads']): ThreadRange {
  if (typeof given === 'number') return { min: given, max: given, fixed: true };
  return { min: given?.min ?? 0, max: given?.max ?? Number.POSITIVE_INFINITY, fixed: false };
}

/** A number of threads to go by where it is not known how many there will be. */
export const placesOf = ({ max }: ThreadRange): number => (max === Number.POSITIVE_INFINITY ? availableParallelism() : max);

/** A number is a fixed one. */
export const threads: Check<ThreadRange> = (value, path) => {
  if (typeof value === 'number') {
    const fixed = count(value, path);
    return { min: fixed, max: fixed, fixed: true };
  }
  if (typeof value !== 'object' || value === null)
    return wrongType(path, 'a whole number of threads, at least 1, or an object { min, max }', value);
  const given = range(value, path);
  const { max } = { max: Math.max(availableParallelism(), given.min ?? 1), ...given };
  const { min } = { min: 1, ...given };
  return min <= max ? { min, max, fixed: false } : outOfRange(`${path}.min`, `no more than max (${max})`, min);
};
