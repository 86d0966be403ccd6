import { type Context, inContext } from '../../core/foreign/context.ts';
import { forget, isThenable } from '../../core/foreign/promises.ts';
import { type Opened, Sealed } from '../../core/wire/sealed.ts';
import type { Equality, Tolerance } from './rules.ts';
import { Structure } from './structure.ts';

/** Compares two results. What it throws is the comparison's fault, and no ballot's. */
export type Compare = (a: unknown, b: unknown) => boolean;

/** A comparison on behalf of a task: in the context of its call, if there is one. */
export function comparedIn(context: Context | undefined, compare: Compare): Compare {
  return context === undefined ? compare : (a, b) => inContext(context, () => compare(a, b));
}

/** The comparison that a rule stands for. */
export function comparison(rule: Equality): Compare {
  if (typeof rule === 'function') return asked(rule);
  if (rule === 'exact') return exactly;
  const numbersEqual = within(rule);
  return (a, b) => new Structure(numbersEqual).equal(a, b);
}

/**
 * Sealed results with the same digest are equal, and are not read. With different ones they may still be equal: keys may stand in another
 * order, and V8 writes a number in one of two ways. One that has changed under its seal equals nothing, and is found out by that.
 */
function exactly(a: unknown, b: unknown): boolean {
  if (!(a instanceof Sealed || b instanceof Sealed)) return new Structure(Object.is).equal(a, b);
  if (a instanceof Sealed && b instanceof Sealed && a.digest === b.digest) return true;
  const [first, second] = [read(a), read(b)];
  return first.intact && second.intact && new Structure(Object.is).equal(first.value, second.value);
}

function read(result: unknown): Opened {
  return result instanceof Sealed ? result.open() : { value: result, intact: true };
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
    if (isThenable(answer)) forget(answer);
    const got = isThenable(answer) ? 'a promise' : typeof answer;
    throw new TypeError(`equal(a, b): Expected true or false. Got ${got}. A comparison must answer at once.`);
  };
}
