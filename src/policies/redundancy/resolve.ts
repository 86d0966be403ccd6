import type { Ballot } from '../../core/errors.ts';
import { forget, isThenable } from '../../core/foreign/promises.ts';
import { median } from './median.ts';
import type { Resolve } from './rules.ts';

/** What became of the attempt to decide without a quorum. */
export type Resolved =
  | { readonly state: 'resolved'; readonly value: unknown }
  | { readonly state: 'unresolved' }
  | { readonly state: 'failed'; readonly cause: unknown };

/** Applies the rule to all ballots, in the order they were cast. Whatever goes wrong is the rule's fault. */
export function resolved(rule: Resolve, ballots: readonly Ballot[]): Resolved {
  try {
    const value = rule === 'median' ? median(ballots.map((ballot) => ballot.value)) : rule(ballots);
    if (!isThenable(value)) return { state: 'resolved', value };
    forget(value);
    return {
      state: 'failed',
      cause: new TypeError('resolve(ballots): Expected the result itself. Got a promise. It must answer at once.'),
    };
  } catch (cause) {
    return { state: 'failed', cause };
  }
}
