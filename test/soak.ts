import { test } from 'node:test';
import { hash32 } from '../src/core/random.ts';

/** Which part of their full length the soak tests run: `npm run test:soak -- --short` takes a fiftieth. */
const SHARE = Number(process.env.HOLDFAST_SOAK_SHARE ?? 1);

/** As many as the soak is to run, of `full` at full length, but not fewer than `least`. */
export const soaked = (full: number, least: number = 1): number => Math.max(least, Math.round(full * SHARE));

/**
 * Whether this is a soak, short or not. It runs every case of every test. `npm test` has to be over in two minutes: of cases that are expensive
 * or many, it has one or a few of each kind.
 */
export const SOAK: boolean = process.env.HOLDFAST_SOAK === '1';

/** All of them in a soak, else the first `count`. */
export const first = <T>(count: number, all: readonly T[]): readonly T[] => (SOAK ? all : all.slice(0, count));

const DRAWN = process.env.HOLDFAST_DRAW;
/** Which cases `npm test` takes of those that are many: the runner draws anew each time and prints it, and takes what it is given. */
export const DRAW: number = Number(DRAWN ?? 0);
/** A file that is asked for by its path runs all that could be drawn. */
const ALL = SOAK || DRAWN === undefined;

/** Of cases in a row `count`, far apart; others in each run, so that none is left out for long. */
export function drawn<T>(count: number, all: readonly T[]): readonly T[] {
  if (ALL || count >= all.length) return all;
  const some = new Set(Array.from({ length: count }, (_, at) => (DRAW + Math.floor((at * all.length) / count)) % all.length));
  return all.filter((_, at) => some.has(at));
}

/** A number of this draw for what has that name, tied to no other that is drawn: whatever one may be, the other may be anything. */
function lot(name: string): number {
  let number = hash32(DRAW);
  for (const letter of name) number = hash32(number + letter.charCodeAt(0));
  return number;
}

/** Whether `npm test` has this one of what is counted under a name: one in `n`, in each run others. */
export const isDrawn = (n: number, at: number, name: string): boolean => ALL || (lot(name) + at) % n === 0;

/**
 * Registers one test in `n`, in each run others: for files whose tests each start threads or processes of their own.
 *
 * @param file its `import.meta.url`, so that files begin with different ones
 */
export function oneIn(n: number, file: string): typeof test {
  if (ALL) return test;
  const name = file.slice(file.lastIndexOf('/dist/'));
  let at = 0;
  const register = (...args: Parameters<typeof test>): Promise<void> => (isDrawn(n, at++, name) ? test(...args) : Promise.resolve());
  return register as typeof test;
}

/** A test of the soak alone: another case of a kind that `npm test` has one of. */
export const further: typeof test = SOAK ? test : ((() => Promise.resolve()) as unknown as typeof test);

/** As many draws of one kind as the soak makes, or a sixth of them in `npm test`. */
export const draws = (full: number): number => (SOAK ? full : Math.ceil(full / 6));
