import { reviveError } from '../../core/wire/revive.ts';
import { BallotBox } from '../../policies/redundancy/ballot-box.ts';
import { type Compare, comparison } from '../../policies/redundancy/compare.ts';
import { type Effect, OUTCOME, type Outcome } from '../wire.ts';
import type { Member } from './member.ts';

/** How a message was handled. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly value: unknown;
  readonly effects: readonly Effect[] | undefined;
}

const exactly: Compare = comparison('exact');
/** What has no structure that can be compared, as a handle, agrees with nothing. */
const equal = (a: Verdict, b: Verdict): boolean => {
  if (isSimple(a) && isSimple(b)) return Object.is(a.value, b.value);
  try {
    return exactly(comparable(a), comparable(b));
  } catch {
    return false;
  }
};
/** Most replies: nothing that would have to be looked into. */
const isSimple = ({ outcome, value, effects }: Verdict): boolean =>
  outcome === OUTCOME.reply && effects === undefined && (typeof value !== 'object' || value === null);
/** Errors are compared as errors: by class, message, fields and cause, and not by their stack. */
const comparable = ({ outcome, value, effects }: Verdict): unknown => [
  outcome,
  outcome === OUTCOME.fail || outcome === OUTCOME.threw ? reviveError(value) : value,
  effects ?? [],
];

/**
 * What the threads that vote say of one message. With one thread its word is the verdict, and nothing is compared. A replica has one vote: what is wrong
 * with a core is wrong with the next thread on it as well, and the two must not make a majority.
 */
export class Ballots {
  readonly #quorum: number;
  #box: BallotBox | undefined;
  #voters: Member[] = [];
  #said: Verdict[] = [];

  constructor(quorum: number) {
    this.#quorum = quorum;
    this.#box = quorum === 1 ? undefined : new BallotBox(quorum, equal as Compare);
  }

  /** What they agree on, once enough do. */
  get verdict(): Verdict | undefined {
    return this.#box === undefined ? this.#said[0] : this.#box.canonical === undefined ? undefined : this.#said[this.#box.canonical];
  }

  /** Replicas that have voted. */
  get size(): number {
    return new Set(this.#voters.map(({ replica }) => replica)).size;
  }

  get verdicts(): readonly Verdict[] {
    return this.#said;
  }

  get voters(): readonly Member[] {
    return this.#voters;
  }

  /** Its vote is that handlers throw, and there is no verdict yet. */
  hasThrown(replica: number): boolean {
    return (
      this.verdict === undefined && this.#voters.some((voter, i) => voter.replica === replica && this.#said[i]!.outcome === OUTCOME.threw)
    );
  }

  /** Most that agree. */
  get best(): number {
    return this.#box?.best ?? this.#said.length;
  }

  cast(voter: Member, verdict: Verdict): void {
    if (this.#voters.includes(voter)) return;
    this.withdraw(({ replica }) => replica === voter.replica);
    this.#add(voter, verdict);
  }

  /** Counts those no more, as long as there is no verdict. */
  withdraw(isGone: (voter: Member) => boolean): void {
    if (this.verdict !== undefined || !this.#voters.some(isGone)) return;
    const [voters, said] = [this.#voters, this.#said];
    [this.#voters, this.#said] = [[], []];
    this.#box = new BallotBox(this.#quorum, equal as Compare);
    for (const [i, voter] of voters.entries()) if (!isGone(voter)) this.#add(voter, said[i]!);
  }

  #add(voter: Member, verdict: Verdict): void {
    this.#voters.push(voter);
    this.#said.push(verdict);
    this.#box?.cast(verdict);
  }

  /** Those who said something else than the verdict. */
  get losers(): readonly Member[] {
    const box = this.#box;
    return box?.canonical === undefined ? [] : this.#voters.filter((_, index) => !box.won(index));
  }
}
