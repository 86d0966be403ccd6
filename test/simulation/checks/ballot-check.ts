import type { NoQuorumError } from '../../../src/core/errors.ts';
import type { PoolEvents } from '../../../src/core/events.ts';
import type { Attempt } from '../../../src/core/task.ts';
import { brokenEqual, brokenResolve, firstBallot } from '../caller/draw-options.ts';
import type { World } from '../world/world.ts';
import type { VoteRules } from './rules.ts';
import { type Cast, MAKERS, type Start, type TaskTruth } from './truth.ts';

/** What has become of a task when the pool tells of a verdict. */
const OUTCOMES = { extra: 'open', quorum: 'fulfilled', resolved: 'fulfilled', none: 'conflict' } as const;

/** The vote, counted a second time: each ballot is what a copy really returned, and no verdict goes without its quorum. */
export class BallotCheck {
  readonly #world: World;
  /** Threads that have to go, for their ballots lost. */
  readonly #convicts = new Set<number>();
  /** Tasks whose copies did not all return the same, by the threads that ran them. */
  readonly #mixed = new Map<number, TaskTruth[]>();

  constructor(world: World) {
    this.#world = world;
  }

  casting(truth: TaskTruth, attempt: Attempt, value: unknown): void {
    const start = MAKERS.get(value as object);
    const who = `task ${truth.uid}`;
    truth.cast ??= [];
    if (start === undefined || start.task !== truth) {
      this.#world.fail(`a ballot of ${who} is ${start === undefined ? 'what nobody made' : `that of task ${start.task.uid}`}`);
      return;
    }
    if (start.attempt !== attempt.number || start.replica !== attempt.replica)
      this.#world.fail(`attempt ${attempt.number} of ${who} has cast the ballot of attempt ${start.attempt}`);
    if (start.fate !== 'returned') this.#world.fail(`a ballot of ${who} comes from an attempt whose fate was: ${start.fate}`);
    if (truth.failed?.has(start.attempt)) this.#world.fail(`a ballot of ${who} comes from attempt ${start.attempt}, which was given up`);
    for (const other of truth.cast) {
      if (other.start.thread === start.thread) this.#world.fail(`two ballots of ${who} come from thread ${start.thread}`);
      if (other.start.replica === start.replica) this.#world.fail(`copy ${start.replica} of ${who} has two ballots`);
    }
    truth.cast.push({ value: value as [number], start });
    this.#world.journal.note('cast', truth.uid, start.replica, start.thread);
  }

  /** All that follows from a ballot was done. */
  cast(truth: TaskTruth): void {
    const { vote } = truth.rules;
    if (vote === undefined || truth.settledAt >= 0 || vote.equal === brokenEqual) return;
    if (best(truth.cast!, vote) >= vote.quorum) this.#world.fail(`task ${truth.uid} has its quorum, and is open`);
  }

  /** A copy has returned. */
  returned(start: Start): void {
    const { task: truth } = start;
    const { vote } = truth.rules;
    if (vote === undefined || start.ballot === undefined) return;
    const others = truth.starts.filter(({ ballot }) => ballot !== undefined && !same(ballot, start.ballot!, vote));
    if (others.length === 0) return;
    for (const { thread, ballot } of truth.starts) {
      if (ballot === undefined) continue;
      const tasks = this.#mixed.get(thread);
      if (tasks === undefined) this.#mixed.set(thread, [truth]);
      else if (!tasks.includes(truth)) tasks.push(truth);
    }
  }

  fulfilled(truth: TaskTruth, value: unknown): void {
    const { vote, cast = [] } = { ...truth, vote: truth.rules.vote! };
    const agree = cast.filter((one) => same(one.value, value as [number], vote)).length;
    if (agree >= vote.quorum && cast.some((one) => one.value === value)) {
      for (const one of cast) if (!same(one.value, value as [number], vote)) this.#convicts.add(one.start.thread);
      return;
    }
    const wrong = vote.resolve === undefined ? 'nothing resolves them' : wrongResolution(value, cast, vote);
    if (wrong !== undefined)
      this.#world.fail(`task ${truth.uid} was given a value that ${agree} of ${vote.quorum} ballots agree on; ${wrong}`);
  }

  noQuorum(truth: TaskTruth, error: NoQuorumError): string | undefined {
    const { vote } = truth.rules;
    if (vote === undefined) return 'it is not redundant';
    const { cast = [] } = truth;
    if (cast.length !== error.ballots.length) return `it names ${error.ballots.length} of ${cast.length} ballots`;
    if (error.ballots.some(({ value, threadId }, i) => value !== cast[i]!.value || threadId !== cast[i]!.start.thread))
      return 'its ballots are not those that were cast';
    return vote.equal !== brokenEqual && best(cast, vote) >= vote.quorum ? 'there was a quorum' : undefined;
  }

  /** The pool tells of a conflict: while the task is open, that another copy is asked; later, how it has settled. */
  told(truth: TaskTruth, verdict: PoolEvents['conflict']['verdict']): void {
    const outcome = truth.settledAt < 0 ? 'open' : truth.outcome;
    if (outcome !== OUTCOMES[verdict]) this.#world.fail(`the verdict on task ${truth.uid} is said to be ${verdict}, and it is ${outcome}`);
  }

  /** Work is on its way to this thread. */
  sent(thread: number): void {
    if (this.#convicts.has(thread)) this.#world.fail(`work was sent to thread ${thread}, whose ballot had lost`);
  }

  /** A thread has ended as outvoted. */
  outvoted(thread: number): void {
    const lost = this.#mixed.get(thread)?.some((truth) => {
      const { vote } = truth.rules;
      if (truth.outcome !== 'fulfilled') return false;
      return truth.starts.some(
        (start) => start.thread === thread && start.ballot !== undefined && !same(start.ballot, truth.settlement as [number], vote!),
      );
    });
    if (!lost) this.#world.fail(`thread ${thread} ended as outvoted, and none of its ballots had lost`);
  }

  gone(thread: number): void {
    this.#convicts.delete(thread);
    this.#mixed.delete(thread);
  }
}

function same([a]: readonly [number], [b]: readonly [number], { equal }: VoteRules): boolean {
  return typeof equal === 'object' ? Math.abs(a - b) <= (equal.abs ?? 0) : a === b;
}

/** Most ballots that one of them agrees with, itself included. */
function best(cast: readonly Cast[], vote: VoteRules): number {
  return cast.reduce((most, { value }) => Math.max(most, cast.filter((one) => same(value, one.value, vote)).length), 0);
}

function wrongResolution(value: unknown, cast: readonly Cast[], vote: VoteRules): string | undefined {
  if (vote.equal !== brokenEqual && best(cast, vote) >= vote.quorum) return 'there was a quorum, and not for this';
  if (vote.resolve === brokenResolve) return 'what resolves them is broken';
  if (vote.resolve === firstBallot) return value === cast[0]!.value ? undefined : 'it is not the first ballot';
  const sorted = cast.map(({ value: [number] }) => number).sort((a, b) => a - b);
  const middle = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return Math.abs((value as [number])[0] - middle) < 1e-6 ? undefined : `their median is ${middle}`;
}
