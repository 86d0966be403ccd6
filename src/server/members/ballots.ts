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

/** What the threads that vote say of one message. With one thread its word is the verdict, and nothing is compared. */
export class Ballots {
  readonly #box: BallotBox | undefined;
  readonly #voters: Member[] = [];
  readonly #said: Verdict[] = [];

  constructor(quorum: number) {
    this.#box = quorum === 1 ? undefined : new BallotBox(quorum, equal as Compare);
  }

  /** What they agree on, once enough do. */
  get verdict(): Verdict | undefined {
    return this.#box === undefined ? this.#said[0] : this.#box.canonical === undefined ? undefined : this.#said[this.#box.canonical];
  }

  get size(): number {
    return this.#voters.length;
  }

  get verdicts(): readonly Verdict[] {
    return this.#said;
  }

  get voters(): readonly Member[] {
    return this.#voters;
  }

  /** Most that agree. */
  get best(): number {
    return this.#box?.best ?? this.#said.length;
  }

  cast(voter: Member, verdict: Verdict): void {
    if (this.#voters.includes(voter)) return;
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
