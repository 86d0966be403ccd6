import { types } from 'node:util';
import type { Equality, Tolerance } from './rules.ts';
import { Structure } from './structure.ts';

/** Compares two results. What it throws is the comparison's fault, and no ballot's. */
export type Compare = (a: unknown, b: unknown) => boolean;

/** The comparison that a rule stands for. */
export function comparison(rule: Equality): Compare {
  if (typeof rule === 'function') return asked(rule);
  const numbersEqual = rule === 'exact' ? Object.is : within(rule);
  return (a, b) => new Structure(numbersEqual).equal(a, b);
}

/** Numbers that differ by at most `abs`, or by at most `rel` of the larger magnitude. NaN equals NaN, an infinity itself. */
export function within({ abs, rel }: Tolerance): (a: number, b: number) => boolean {
  return (a, b) => {
    if (Object.is(a, b)) return true;
    const difference = Math.abs(a - b);
    // Infinity is no measure for a distance; NaN fails any comparison.
    if (difference === Number.POSITIVE_INFINITY) return false;
    return difference <= abs || difference <= rel * Math.max(Math.abs(a), Math.abs(b));
  };
}

/** A user's function: it must say true or false, now. */
function asked(equal: (a: unknown, b: unknown) => boolean): Compare {
  return (a, b) => {
    const answer: unknown = equal(a, b);
    if (typeof answer === 'boolean') return answer;
    // A promise that nobody waits for must not end the program when it rejects.
    if (types.isPromise(answer)) answer.catch(() => {});
    const got = types.isPromise(answer) ? 'a promise' : typeof answer;
    throw new TypeError(`equal(a, b): Expected true or false. Got ${got}. A comparison must answer at once.`);
  };
}
