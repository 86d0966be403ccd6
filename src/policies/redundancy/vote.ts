import type { Ballot } from '../../core/errors.ts';
import type { Failure } from '../../core/failure.ts';
import { type Attempt, Kin, type Placement } from '../../core/task.ts';
import type { RetryLine } from '../retry.ts';
import { BallotBox } from './ballot-box.ts';
import type { Compare } from './compare.ts';
import type { RedundancyRules } from './rules.ts';

/** `out`: queued, running, or between two attempts. `cast`: its ballot is in the box. `lost`: it failed for good, without a ballot. */
export interface Copy {
  state: 'out' | 'cast' | 'lost';
  attempt: Attempt;
  line: RetryLine | undefined;
}

/** The copies of one task. */
export class Copies extends Kin {
  /** The ballot that was delivered, for late ones to be compared with. Kept by the copies that are still out, and by nothing else. */
  verdict: Ballot | undefined;
}

/** What is to be done after a ballot was cast or a copy was lost. */
export type Next = 'wait' | 'extra' | 'verdict' | 'hopeless';

/** The state of the vote on one task. */
export class Vote {
  readonly rules: RedundancyRules;
  readonly box: BallotBox;
  readonly copies: Copy[] = [];
  /** The attempts that cast the ballots, in the order of the box. */
  readonly voters: Attempt[] = [];
  /** In the same order. Made when they are cast, for a thread does not keep its slot. */
  readonly ballots: Ballot[] = [];
  readonly placement: Placement & { readonly kin: Copies } = { kin: new Copies() };
  /** The copies that run in cells, where threads have keys of their own. */
  isolated: (Placement & { readonly kin: Copies }) | undefined;
  lastFailure: Failure | undefined;

  constructor(rules: RedundancyRules, compare: Compare) {
    this.rules = rules;
    this.box = new BallotBox(rules.quorum, compare);
  }

  /** Puts a failed copy back in the race, on a thread that suits what happened. */
  placementAfter({ kind }: Failure, escalates: boolean): Placement {
    if (kind === 'oom') return { ...this.placement, fresh: true };
    if (kind !== 'crash' || !escalates) return this.placement;
    this.isolated ??= { kin: new Copies(), isolated: true };
    return this.isolated;
  }

  decided(verdict: Ballot): void {
    this.placement.kin.verdict = verdict;
    if (this.isolated !== undefined) this.isolated.kin.verdict = verdict;
  }

  get next(): Next {
    const { quorum, maxReplicas, resolve } = this.rules;
    const { canonical, size, best } = this.box;
    if (canonical !== undefined) return 'verdict';
    const out = this.copies.filter(({ state }) => state === 'out').length;
    const possible = out + maxReplicas - this.copies.length;
    // With resolve, what counts is how many ballots there will be; without, how many of them may agree.
    if ((resolve === undefined ? best : size) + possible < quorum) return 'hopeless';
    if (out > 0) return 'wait';
    // A task that fails in every copy has failed; more copies would only fail more often.
    return size > 0 && this.copies.length < maxReplicas ? 'extra' : 'hopeless';
  }
}

export function ballotOf({ replica, thread }: Attempt, value: unknown): Ballot {
  return { value, replica, slot: thread?.slot ?? -1, threadId: thread?.threadId ?? -1 };
}
