import { ownFileUrl } from '../core/installation.ts';
import { boolean, type Check, outOfRange, real, shaped, whole, wrongType } from '../options/checks.ts';
import { ATTEMPT_FAULTS, type AttemptFault } from './kinds.ts';
import { type FaultRules, faultAt, startFails } from './rules.ts';

/** What goes wrong, and how often: each rate is a probability from 0 to 1, default 0. Times are milliseconds. */
export interface FaultOptions extends Readonly<Partial<Record<AttemptFault, number | undefined>>> {
  /** A whole number from 0. The same seed gives the same faults to the same attempts, on every machine. */
  readonly seed: number;
  /** Probability that a thread fails to start; decided for each start. @default 0 */
  readonly startup?: number | undefined;
  /** How much later a `slow` attempt ends: milliseconds, or `{ factor }` times as late as without. @default 100 */
  readonly slowBy?: number | { readonly factor: number } | undefined;
  /** Milliseconds from the result of a `late` attempt to its error. @default 1 */
  readonly lateAfter?: number | undefined;
  /** `true`: all `corrupt` results of one task are the same wrong result; `false`: each is wrong in its own way. @default false */
  readonly agree?: boolean | undefined;
  /** Only attempts on this slot meet faults. Does not limit `startup`: a thread has no slot before it has started. @default all */
  readonly slot?: number | undefined;
  /**
   * Only attempts on this generation of their slot, counted from 1: the thread that serves it now is bad, and its successor is not.
   * Does not limit `startup` either. @default all
   */
  readonly generation?: number | undefined;
}

/** A seeded plan of faults; the option `faults` of a pool. It only ever decides; what it decides happens inside the threads. */
export class FaultPlan {
  /** `file:` URL of the module that acts on the plan inside a thread. */
  readonly module: string;
  /** The plan as plain data. */
  readonly plan: FaultRules;

  constructor(plan: FaultRules) {
    this.module = ownFileUrl('faults/inject.js', () => new URL('./inject.js', import.meta.url));
    this.plan = plan;
  }

  /**
   * The fault that this attempt meets, if any; with `slot` or `generation`, if it runs there. Says what will happen before it happens, and what
   * must have happened afterwards.
   * @param taskId `context().taskId`: tasks are numbered from 1 in the order in which the pool accepted them
   * @param attempt from 1
   */
  faultOf(taskId: number, attempt = 1, replica = 0): AttemptFault | undefined {
    return faultAt(this.plan, taskId, attempt, replica);
  }

  /** Whether the start of a thread fails. @param start starts are numbered from 0 over the life of the pool, spares included */
  startFails(start: number): boolean {
    return startFails(this.plan, start);
  }
}

const rate = real(0, 1);
const rateShape = Object.fromEntries(ATTEMPT_FAULTS.map((fault) => [fault, rate])) as Record<AttemptFault, Check<number>>;
const factorShape = shaped<{ factor: number }>({ factor: real(1, 1_000_000) });
const milliseconds = whole(0, 'milliseconds');

const slowBy: Check<NonNullable<FaultOptions['slowBy']>> = (value, path) => {
  if (typeof value !== 'object') return milliseconds(value, path);
  const { factor } = factorShape(value, path);
  return factor === undefined ? wrongType(`${path}.factor`, 'a number from 1', factor) : { factor };
};

const check = shaped<FaultOptions>({
  ...rateShape,
  seed: whole(0, ''),
  startup: rate,
  slowBy,
  lateAfter: milliseconds,
  agree: boolean,
  slot: whole(0, ''),
  generation: whole(1, ''),
});

/**
 * Makes a plan of faults from rates and a seed. Whether an attempt meets a fault, and which, follows from seed, task, attempt and
 * replica alone, so a run can be replayed, and different pools can be given the same faults. An attempt meets at most one.
 * @throws {TypeError | RangeError} `ERR_INVALID_OPTION`: a bad option, or rates that add up to more than 1
 */
export function faultPlan(options: FaultOptions): FaultPlan {
  const given = check(options, 'options');
  if (given.seed === undefined) wrongType('seed', 'a whole number, at least 0', given.seed);
  const rates = Object.fromEntries(ATTEMPT_FAULTS.map((fault) => [fault, given[fault] ?? 0])) as Record<AttemptFault, number>;
  const sum = Object.values(rates).reduce((total, one) => total + one, 0);
  if (sum > 1 + 1e-9) outOfRange(ATTEMPT_FAULTS.join(' + '), 'at most 1 in all, because an attempt meets at most one of them', sum);
  return new FaultPlan({
    seed: given.seed as number,
    rates,
    startup: given.startup ?? 0,
    slowBy: given.slowBy ?? 100,
    lateAfter: given.lateAfter ?? 1,
    agree: given.agree ?? false,
    slot: given.slot,
    generation: given.generation,
  });
}
