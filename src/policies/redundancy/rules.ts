import type { Ballot } from '../../core/errors.ts';

/** How far two numbers may lie apart and still be equal: by `abs`, or by `rel` times the larger of the two magnitudes. */
export interface Tolerance {
  /** Absolute; default 0. */
  readonly abs: number;
  /** Relative, at least 0 and less than 1; default 0. */
  readonly rel: number;
}

/** When two results count as the same; see docs/redundancy.md. */
export type Equality = 'exact' | Tolerance | ((a: unknown, b: unknown) => boolean);

/** What decides when copies do not agree, in place of a `NoQuorumError`. It is given the ballots in the order they were cast. */
export type Resolve = 'median' | ((ballots: readonly Ballot[]) => unknown);

/** How a task is run in copies, with every default filled in. */
export interface RedundancyRules {
  /** Copies that start at once. */
  readonly replicas: number;
  /** Equal results that make a verdict; more than half of `replicas`. */
  readonly quorum: number;
  /** Copies at most, those after a conflict included. */
  readonly maxReplicas: number;
  readonly equal: Equality;
  readonly resolve: Resolve | undefined;
}

/** `redundancy: n` is a majority of n, with two more copies to settle a conflict. */
export function majorityOf(replicas: number): RedundancyRules {
  return { replicas, quorum: Math.floor(replicas / 2) + 1, maxReplicas: replicas + 2, equal: 'exact', resolve: undefined };
}
