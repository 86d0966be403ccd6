import { InvalidOptionError } from '../core/errors.ts';
import type { HedgeRules } from '../policies/hedging/rules.ts';
import { type Equality, majorityOf, type RedundancyRules, type Resolve, type Tolerance } from '../policies/redundancy/rules.ts';
import { type Check, fn, outOfRange, real, shaped, whole, wrongType } from './checks.ts';
import type { HedgeOptions, RedundancyOptions } from './types.ts';

const replicas = whole(2, 'copies');
const whatEqual = "'exact', { abs, rel } or a function (a, b) => boolean";
const whatResolve = "'median' or a function (ballots) => value";
/** At a relative tolerance of 1, any two positive numbers would be equal. */
const tolerance = shaped<Partial<Tolerance>>({ abs: real(0, Number.MAX_VALUE), rel: real(0, 1 - Number.EPSILON) });

const equal: Check<Equality> = (value, path) => {
  if (value === 'exact') return value;
  if (typeof value === 'function') return fn(value, path);
  if (typeof value !== 'object' || value === null) return wrongType(path, whatEqual, value);
  const { abs = 0, rel = 0 } = tolerance(value, path);
  return { abs, rel };
};

const resolve: Check<Resolve> = (value, path) =>
  value === 'median' ? value : typeof value === 'function' ? fn(value, path) : wrongType(path, whatResolve, value);

const redundancyShape = shaped<RedundancyOptions>({
  replicas,
  quorum: whole(1, 'copies'),
  maxReplicas: replicas,
  equal: equal as Check<NonNullable<RedundancyOptions['equal']>>,
  resolve: resolve as Check<NonNullable<RedundancyOptions['resolve']>>,
});

/** `false` turns it off; a number asks for a majority of this many copies. */
export const redundancyRules: Check<RedundancyRules | false> = (value, path) => {
  if (value === false) return false;
  if (typeof value === 'number') return majorityOf(replicas(value, path));
  if (typeof value !== 'object') return wrongType(path, 'false, a number of copies, or an object of rules', value);
  const given = redundancyShape(value, path);
  const rules = { ...majorityOf(given.replicas ?? replicas(undefined, `${path}.replicas`)), ...given } as RedundancyRules;
  const { quorum, maxReplicas } = rules;
  // With half of them or less, two groups that differ could both reach it.
  if (quorum * 2 <= rules.replicas || quorum > rules.replicas)
    outOfRange(`${path}.quorum`, `more than half of replicas (${rules.replicas}), and not more than all`, quorum);
  if (maxReplicas < rules.replicas) outOfRange(`${path}.maxReplicas`, `at least replicas (${rules.replicas})`, maxReplicas);
  return rules;
};

const hedgeShape = shaped<HedgeOptions>({
  after: ((value, path) => {
    if (value === 'p95') return value;
    if (typeof value === 'number') return whole(1, 'milliseconds')(value, path);
    return wrongType(path, "'p95' or a whole number of milliseconds", value);
  }) as Check<'p95' | number>,
  budget: real(0, 1),
});

/** `false` turns it off. */
export const hedgeRules: Check<HedgeRules | false> = (value, path) => {
  if (value === false) return false;
  if (typeof value !== 'object') return wrongType(path, 'false, or an object { after, budget }', value);
  return { after: 'p95', budget: 0.05, ...hedgeShape(value, path) };
};

/** What a task does besides, when it may be started more than once. */
export interface Competition {
  readonly redundancy: RedundancyRules | false;
  readonly hedge: HedgeRules | false;
}

/**
 * Refuses copies of a task that may be started only once, and two kinds of copies at once.
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`
 */
export function checkCompetition(competition: Competition, once: { readonly idempotent: boolean; readonly transferList: boolean }): void {
  const kind = competition.redundancy !== false ? 'redundancy' : competition.hedge !== false ? 'hedge' : undefined;
  if (kind === undefined) return;
  if (competition.redundancy !== false && competition.hedge !== false)
    throw new InvalidOptionError('redundancy, hedge: Expected one of them. Got both. Set the other to false.');
  if (!once.idempotent)
    throw new InvalidOptionError(`${kind}: Expected a task that may be started more than once. Got idempotent: false. Set ${kind}: false.`);
  if (once.transferList)
    throw new InvalidOptionError(`${kind}: Expected an input that can be sent more than once. Got a transferList. Set ${kind}: false.`);
}
