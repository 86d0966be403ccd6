import type { Placement } from '../../core/attempt.ts';
import { CopyGroup } from '../../core/copy-group.ts';
import type { Ballot } from '../../core/errors.ts';
import type { Failure } from '../../core/failure.ts';
import type { Attempt, Task } from '../../core/task.ts';
import { Sealed } from '../../core/wire/sealed.ts';
import { escalates, type RetryLine } from '../retry.ts';
import { BallotBox } from './ballot-box.ts';
import type { Compare } from './compare.ts';
import type { RedundancyRules } from './rules.ts';

/** `out`: queued, running, or between two attempts. `cast`: its ballot is in the box. `lost`: it failed for good, without a ballot. */
export interface Copy {
  state: 'out' | 'cast' | 'lost';
  /** Its ballot has been taken back once. */
  withdrawn: boolean;
  attempt: Attempt;
  line: RetryLine | undefined;
}

/** The copies of one task that vote, and once there is a verdict, what they are compared with. */
export class Voters extends CopyGroup {
  /**
   * The ballot that was delivered, and what late ones are compared with: its value, or its digest. Kept by the copies that are still out,
   * and by nothing else.
   */
  verdict: { readonly ballot: Ballot; readonly cast: unknown; readonly compare: Compare } | undefined;
}

/** What an attempt that comes late is compared with; `undefined` if its vote ended without a verdict. */
export function verdictFor({ placement }: Attempt): Voters['verdict'] {
  return placement?.kin instanceof Voters ? placement.kin.verdict : undefined;
}

/** What is to be done after a ballot was cast or a copy was lost. */
export type Next = 'wait' | 'extra' | 'verdict' | 'hopeless';

/** The state of the vote on one task. */
export class Vote {
  readonly rules: RedundancyRules;
  readonly #compare: Compare;
  box: BallotBox;
  readonly copies: Copy[] = [];
  /** The attempts that cast the ballots, in the order of the box. */
  readonly voters: Attempt[] = [];
  /** In the same order. Made when they are cast, because a thread does not keep its slot. */
  readonly ballots: Ballot[] = [];
  readonly placement: Placement & { readonly kin: Voters };
  /** The copies that run in cells, where threads have keys of their own. */
  isolated: (Placement & { readonly kin: Voters }) | undefined;
  lastFailure: Failure | undefined;
  /** Copies that the rules allow at once and that were not started: the quorum may do without them. */
  reserve = 0;

  constructor(rules: RedundancyRules, compare: Compare) {
    this.rules = rules;
    this.#compare = compare;
    this.box = new BallotBox(rules.quorum, compare);
    this.placement = { kin: new Voters(), seal: rules.equal === 'exact' };
  }

  /** @throws what the comparison throws; then the ballot is not counted */
  cast(voter: Attempt, value: unknown): void {
    this.box.cast(value);
    this.voters.push(voter);
    this.ballots.push(ballotOf(voter, value));
  }

  /** Whether two ballots differ. */
  get disputed(): boolean {
    return this.box.best < this.box.size;
  }

  /** Puts the value of a sealed ballot in its place; false if it has changed since its digest was taken. */
  open(index: number): boolean {
    const ballot = this.ballots[index]!;
    if (!(ballot.value instanceof Sealed)) return true;
    const { value, intact } = ballot.value.open();
    this.ballots[index] = { ...ballot, value };
    return intact;
  }

  /** Opens the ballot that has won, or if that has changed another with the same digest. `index` is undefined if all of them have. */
  choose(): { readonly index: number | undefined; readonly broken: readonly number[] } {
    const { box } = this;
    const first = box.canonical!;
    if (this.open(first)) return { index: first, broken: [] };
    const broken = [first, ...this.broken()];
    return { index: [...this.ballots.keys()].find((i) => box.won(i) && !broken.includes(i)), broken };
  }

  /** Opens all that are sealed. Returns those that have changed. */
  broken(): readonly number[] {
    return [...this.ballots.keys()].filter((i) => !this.open(i));
  }

  /** Takes ballots back. The others are counted again. */
  withdraw(indices: readonly number[]): void {
    const rest = [...this.voters.keys()].filter((i) => !indices.includes(i));
    const [before, voters, ballots] = [this.box, [...this.voters], [...this.ballots]];
    this.box = new BallotBox(this.rules.quorum, this.#compare);
    this.voters.length = this.ballots.length = 0;
    for (const i of rest) {
      this.box.cast(before.value(i));
      this.voters.push(voters[i]!);
      this.ballots.push(ballots[i]!);
    }
  }

  /** Puts a failed copy back in the race, on a thread that suits what happened. */
  placementAfter({ kind }: Failure, mayEscalate: boolean): Placement {
    if (kind === 'oom') return { ...this.placement, fresh: true };
    if (!mayEscalate || !escalates(kind)) return this.placement;
    this.isolated ??= { ...this.placement, kin: new Voters(), isolated: true };
    return this.isolated;
  }

  /** @param index of the ballot that is delivered */
  decided(index: number): void {
    const verdict = { ballot: this.ballots[index]!, cast: this.box.value(index), compare: this.#compare };
    this.placement.kin.verdict = verdict;
    if (this.isolated !== undefined) this.isolated.kin.verdict = verdict;
  }

  /** The vote is over: plans no more retries, and returns what is still queued or running. */
  callOff(): readonly Attempt[] {
    const out: Attempt[] = [];
    for (const { line, state, attempt } of this.copies) {
      line?.stop();
      if (state === 'out') out.push(attempt);
    }
    return out;
  }

  get next(): Next {
    const { quorum, maxReplicas, resolve } = this.rules;
    const { canonical, size, best } = this.box;
    if (canonical !== undefined) return 'verdict';
    let out = 0;
    for (const { state } of this.copies) if (state === 'out') out++;
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

/** The vote on a task that is run in copies. */
export function voteOf(task: Task): Vote | undefined {
  return task.extras?.course instanceof Vote ? task.extras.course : undefined;
}
