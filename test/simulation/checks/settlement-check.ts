import { attemptsOf, NoQuorumError } from '../../../src/core/errors.ts';
import type { Failure } from '../../../src/core/failure.ts';
import type { Task } from '../../../src/core/task.ts';
import type { World } from '../world/world.ts';
import type { BallotCheck } from './ballot-check.ts';
import type { HedgeCheck } from './hedge-check.ts';
import { outcomeOf, wrongRejection, wrongValue } from './judge.ts';
import type { Outcome, TaskTruth } from './truth.ts';

/** One settlement a task, the right one, in time, and told to the caller. */
export class SettlementCheck {
  readonly #world: World;
  readonly #ballots: BallotCheck;
  readonly #hedges: HedgeCheck;
  /** Tasks in the books of the pool whose callers do not know it yet, by the pool's own number. */
  readonly tasks: Map<number, TaskTruth> = new Map();
  readonly outcomes: Map<Outcome, number> = new Map();
  /** Failures as the pool counts them. */
  readonly kinds: Map<string, number> = new Map();
  /** Tasks that were accepted, and calls whose refusal was read. */
  submitted = 0;
  /** Items of a map whose refusal was not read, or that were pulled in vain. */
  unread = 0;
  /** Accepted and not settled. */
  open = 0;
  lastSettledAt = 0;
  closeCalled = false;

  constructor(world: World, ballots: BallotCheck, hedges: HedgeCheck) {
    this.#world = world;
    this.#ballots = ballots;
    this.#hedges = hedges;
  }

  accepted(task: Task): TaskTruth {
    const truth = task.input as TaskTruth;
    if (truth.accepted) this.#world.fail(`task ${truth.uid} was accepted twice`);
    truth.accepted = true;
    truth.task = task;
    // An item of a map may have been pulled long before.
    truth.submittedAt = this.#world.timeline.now();
    truth.lostBefore = this.#world.lostTime;
    this.open++;
    this.submitted++;
    this.tasks.set(task.id, truth);
    this.#world.journal.note('accepted', task.id, truth.uid);
    return truth;
  }

  /** The pool settles a task in its books. */
  settling(truth: TaskTruth, value: unknown, failure: Failure | undefined): void {
    if (failure === undefined) {
      if (truth.rules.vote !== undefined) this.#ballots.fulfilled(truth, value);
      else {
        const wrong = wrongValue(truth, value);
        if (wrong !== undefined) this.#world.fail(`task ${truth.uid} was given ${wrong}`);
      }
      this.#settle(truth, 'fulfilled', value);
      return;
    }
    const { error, kind } = failure;
    const outcome = this.#refused(truth, error);
    if (outcome === undefined) return;
    const counted = outcome === 'closed' ? 'aborted' : outcome;
    if (kind !== counted) this.#world.fail(`task ${truth.uid} is counted among those that failed by ${kind}; its error says ${outcome}`);
    this.#settle(truth, outcome, error);
  }

  #refused(truth: TaskTruth, error: unknown): Outcome | undefined {
    const outcome = outcomeOf(error);
    if (outcome === undefined)
      this.#world.fail(`task ${truth.uid} was rejected with ${error instanceof Error ? error.stack : String(error)}`);
    else {
      const wrong =
        error instanceof NoQuorumError
          ? this.#ballots.noQuorum(truth, error)
          : wrongRejection(truth, error, outcome, this.#world, this.closeCalled);
      if (wrong !== undefined) this.#world.fail(`task ${truth.uid} was rejected (${outcome}), and ${wrong}`);
    }
    return outcome;
  }

  #settle(truth: TaskTruth, outcome: Outcome, settlement: unknown): void {
    const { timeline } = this.#world;
    const now = timeline.now();
    if (truth.settledAt >= 0) this.#world.fail(`task ${truth.uid} has settled twice: ${truth.outcome}, then ${outcome}`);
    this.#note(truth, outcome);
    truth.settlement = settlement;
    this.open--;
    if (truth.abortedAt >= 0 && outcome !== 'aborted') this.#world.fail(`task ${truth.uid} was aborted and settled as ${outcome}`);
    this.#inTime(truth, now);
    this.#hedges.settled(truth);
  }

  #note(truth: TaskTruth, outcome: Outcome): void {
    const { journal, timeline } = this.#world;
    truth.outcome = outcome;
    truth.settledAt = timeline.now();
    truth.lostAtEnd = this.#world.lostTime;
    this.lastSettledAt = truth.settledAt;
    const kind = outcome === 'closed' ? (truth.accepted ? 'aborted' : 'rejected') : outcome;
    if (kind !== 'fulfilled') this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    journal.note('settled', truth.uid, outcome.length * 64 + outcome.charCodeAt(0));
    journal.remark(() => outcome);
  }

  /** What has a limit from its acceptance on has settled by then. */
  #inTime({ uid, limits, submittedAt, lostBefore, starts, mayHaveBegun }: TaskTruth, now: number): void {
    const limit = starts.length === 0 && !mayHaveBegun ? Math.min(limits.total, limits.queue) : limits.total;
    const took = now - submittedAt - (this.#world.lostTime - lostBefore);
    if (took > limit + this.#world.timerSlack) this.#world.fail(`task ${uid} settled after ${took} ms; its limit is ${limit} ms`);
  }

  /** The caller learns it: at once, and what the pool has in its books. */
  told(truth: TaskTruth, outcome: 'fulfilled' | 'rejected', what: unknown): void {
    const { timeline } = this.#world;
    if (truth.told) this.#world.fail(`the caller of task ${truth.uid} was told twice`);
    truth.told = true;
    if (!truth.accepted) {
      this.submitted++;
      const refusal = outcome === 'rejected' ? this.#refused(truth, what) : undefined;
      if (refusal !== undefined) this.#note(truth, refusal);
      else if (outcome === 'fulfilled') this.#world.fail(`task ${truth.uid} was fulfilled, and had never been accepted`);
      return;
    }
    this.tasks.delete(truth.task!.id);
    if (truth.settledAt < 0) this.#world.fail(`the caller of task ${truth.uid} was told of a settlement that is not in the books`);
    else if ((truth.outcome === 'fulfilled') !== (outcome === 'fulfilled') || truth.settlement !== what)
      this.#world.fail(`the caller of task ${truth.uid} was told something else than what is in the books`);
    else if (outcome === 'rejected' && attemptsOf(what).length !== (truth.task!.history?.length ?? 0))
      this.#world.fail(`the error of task ${truth.uid} does not know its history`);
    else if (truth.map === undefined && truth.settledAt !== timeline.now())
      this.#world.fail(`the caller of task ${truth.uid} was told ${timeline.now() - truth.settledAt} ms late`);
  }

  /** No caller waits for this item any more: its map has ended. */
  abandoned(truth: TaskTruth): void {
    truth.told = true;
    if (!truth.accepted) {
      this.unread++;
      return;
    }
    this.tasks.delete(truth.task!.id);
    if (truth.settledAt < 0) this.#world.fail(`task ${truth.uid} is open, and its map has ended`);
  }

  *openTasks(): Generator<TaskTruth> {
    for (const truth of this.tasks.values()) if (truth.settledAt < 0) yield truth;
  }

  describeOpen(): string {
    const some = [...this.openTasks()].slice(0, 5);
    const described = some.map(
      ({ uid, task, starts }) => `${uid} (${task?.attempt?.state}, started ${starts.length} times, last ${starts.at(-1)?.fate})`,
    );
    return `${this.open} tasks are open: ${described.join(', ')}`;
  }
}
