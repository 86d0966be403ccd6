import { getEventListeners } from 'node:events';
import type { AttemptRecord } from '../../src/core/failure.ts';
import type { Attempt, Task } from '../../src/core/task.ts';
import type { Exit } from '../../src/executors/executor.ts';
import { BudgetCheck } from './budget-check.ts';
import { explain } from './explain.ts';
import { outcomeOf, wrongRejection, wrongValue } from './judge.ts';
import { RestartCheck } from './restart-check.ts';
import { rulesOf } from './rules.ts';
import type { SimThread, ThreadWatcher } from './sim-thread.ts';
import type { Outcome, Start, TaskTruth } from './truth.ts';
import type { World } from './world.ts';

/** Compares what the pool does and says with what really happened, at the moment it happens. */
export class Witness implements ThreadWatcher {
  readonly world: World;
  readonly threads: Map<number, SimThread> = new Map();
  readonly tasks: Map<number, TaskTruth> = new Map();
  readonly outcomes: Map<Outcome, number> = new Map();
  /** Rejections as the pool counts them. */
  readonly rejectedKinds: Map<string, number> = new Map();
  submitted = 0;
  lastSettledAt = 0;
  /** Accepted and not settled. */
  open = 0;
  closeCalled = false;
  readonly restarts: RestartCheck;
  readonly budget: BudgetCheck;
  /** Fresh attempts that wait. */
  waiting: () => number = () => 0;
  /** The caller's own code, run from inside the pool's. */
  meddle: (task: TaskTruth | undefined) => void = () => {};

  constructor(world: World) {
    this.world = world;
    this.restarts = new RestartCheck(world);
    this.budget = new BudgetCheck(world);
  }

  accepted(task: Task): void {
    const truth = task.input as TaskTruth;
    truth.accepted = true;
    truth.task = task;
    this.open++;
    this.tasks.set(task.id, truth);
    this.world.journal.note('accepted', task.id, truth.uid);
  }

  // ---- threads

  cloning(task: TaskTruth): void {
    this.meddle(task);
  }

  sent(thread: SimThread, attempts: readonly Attempt[]): void {
    const { world } = this;
    const now = world.timeline.now();
    world.journal.note('sent', thread.threadId, attempts[0]!.task.id, attempts.length);
    if (thread.body.terminated) world.fail(`work was sent to thread ${thread.threadId}, which had been terminated`);
    const contended = attempts[0]!.recovery && this.waiting() > 0;
    for (const { task } of attempts) {
      const truth = task.input as TaskTruth | undefined;
      if (truth !== undefined) truth.contended = contended;
      const waited = now - task.acceptedAt;
      const { queue, total } = task.spec.limits;
      if (waited >= total) world.fail(`task ${task.id} was sent ${waited} ms after it was accepted: past its total timeout`);
      if (waited >= queue && truth?.starts.length === 0)
        world.fail(`task ${task.id} was sent ${waited} ms after it was accepted: past its queue timeout`);
    }
  }

  started(start: Start): void {
    const { world } = this;
    const { task: truth } = start;
    world.journal.note('started', start.thread, truth.uid, start.attempt);
    start.lostBefore = world.lostTime;
    start.contended = truth.contended;
    // What is taken back from another process may begin before the word arrives.
    const slack = world.climate.remote ? 10 * world.climate.latency : -1;
    if (truth.state === 'settled' && start.at - truth.settledAt > slack)
      world.fail(`task ${truth.uid} was started after it had settled (${truth.outcome})`);
    const rules = rulesOf(truth, world);
    if (start.attempt > 1 + rules.retries)
      world.fail(`attempt ${start.attempt} of task ${truth.uid} was started; its limit is ${1 + rules.retries}`);
    if (truth.starts.length > 0) this.#startedAgain(start, rules.repeatable);
    truth.starts.push(start);
  }

  #startedAgain(start: Start, repeatable: boolean): void {
    const { task: truth } = start;
    if (!repeatable) this.world.fail(`task ${truth.uid} was started again, and it may be started only once`);
    for (const other of truth.starts) {
      if (other.fate !== 'running' || other.on.terminated || truth.failed?.has(other.attempt)) continue;
      this.world.fail(
        `attempt ${start.attempt} of task ${truth.uid} was started while attempt ${other.attempt} ran on thread ${other.thread}`,
      );
    }
  }

  ended(start: Start): void {
    this.budget.ended(start);
  }

  exited(thread: SimThread, exit: Exit): void {
    this.world.journal.note('exitSeen', thread.threadId, exit.exitCode);
    this.world.journal.remark(() => `cause ${exit.cause}, blame ${JSON.stringify(exit.blame)}`);
    this.threads.delete(thread.threadId);
  }

  // ---- what the pool says

  gaveUp(taskId: number, record: AttemptRecord): void {
    const truth = this.tasks.get(taskId)!;
    truth.failed ??= new Set();
    truth.failed.add(record.attempt);
    const fault = explain(truth, record, this.world);
    if (fault !== undefined)
      this.world.fail(`attempt ${record.attempt} of task ${truth.uid} is said to have failed by ${record.kind}, and ${fault}`);
  }

  timedOut(taskId: number, attempt: number): void {
    const truth = this.tasks.get(taskId)!;
    const start = truth.starts.findLast((one) => one.attempt === attempt);
    const now = this.world.timeline.now();
    if (start === undefined) this.world.fail(`task ${truth.uid} is said to have passed its run timeout, and has not been started`);
    else if (now - start.at < truth.limits.run)
      this.world.fail(`task ${truth.uid} was convicted after ${now - start.at} ms; its run timeout is ${truth.limits.run} ms`);
    else if (start.arrived && !start.mangled)
      this.world.fail(`task ${truth.uid} was convicted by its run timeout although its outcome had arrived at ${start.postedAt}`);
    else if (start.fate !== 'running' && start.deathSeenAt < now && !start.mangled)
      this.world.fail(`task ${truth.uid} was convicted by its run timeout although its thread had died`);
  }

  // ---- settlements

  fulfilled(truth: TaskTruth, value: unknown): void {
    const wrong = wrongValue(truth, value);
    if (wrong !== undefined) this.world.fail(`task ${truth.uid} was given ${wrong}`);
    this.#settled(truth, 'fulfilled');
  }

  rejected(truth: TaskTruth, error: unknown): void {
    const outcome = outcomeOf(error);
    if (outcome === undefined) {
      this.world.fail(`task ${truth.uid} was rejected with ${error instanceof Error ? error.stack : String(error)}`);
      return;
    }
    const wrong = wrongRejection(truth, error, outcome, this.world, this.closeCalled);
    if (wrong !== undefined) this.world.fail(`task ${truth.uid} was rejected (${outcome}), and ${wrong}`);
    this.#settled(truth, outcome);
  }

  /** Nobody waits for this task any more: the map that it belonged to has ended. */
  abandoned(truth: TaskTruth): void {
    if (truth.task?.state === 'open') this.world.fail(`task ${truth.uid} is open, and its map has ended`);
    this.#settled(truth, 'abandoned');
  }

  #settled(truth: TaskTruth, outcome: Outcome): void {
    const { world } = this;
    const now = world.timeline.now();
    if (truth.state === 'settled') world.fail(`task ${truth.uid} has settled twice: ${truth.outcome}, then ${outcome}`);
    truth.state = 'settled';
    truth.outcome = outcome;
    truth.settledAt = now;
    this.lastSettledAt = now;
    if (truth.accepted) {
      this.open--;
      if (truth.abortedAt >= 0 && outcome !== 'aborted' && outcome !== 'abandoned')
        world.fail(`task ${truth.uid} was aborted and settled as ${outcome}`);
      if (!truth.buffered) this.#inTime(truth, now);
    }
    const kind = outcome === 'closed' ? (truth.accepted ? 'aborted' : 'rejected') : outcome;
    if (kind !== 'fulfilled') this.rejectedKinds.set(kind, (this.rejectedKinds.get(kind) ?? 0) + 1);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    world.journal.note('settled', truth.uid, outcome.length * 64 + outcome.charCodeAt(0));
    world.journal.remark(() => outcome);
  }

  /** What has a limit from its acceptance on has settled by then. */
  #inTime({ uid, limits, submittedAt, lostBefore, starts }: TaskTruth, now: number): void {
    const limit = starts.length === 0 ? Math.min(limits.total, limits.queue) : limits.total;
    const took = now - submittedAt - (this.world.lostTime - lostBefore);
    if (took > limit + this.world.timerSlack) this.world.fail(`task ${uid} settled after ${took} ms; its limit is ${limit} ms`);
  }

  // ---- for the caller

  /** Not settled yet, in the pool's own eyes. */
  isOpen(truth: TaskTruth): boolean {
    return truth.task?.state === 'open';
  }

  *openTasks(): Generator<TaskTruth> {
    for (const truth of this.tasks.values()) if (this.isOpen(truth)) yield truth;
  }

  checkListeners(signal: AbortSignal): void {
    const left = getEventListeners(signal, 'abort').length;
    if (left > 0) this.world.fail(`${left} listeners are left on an aborted signal`);
  }

  describeOpen(): string {
    const some = [...this.openTasks()].slice(0, 5);
    return some
      .map(({ uid, task, starts }) => `${uid} (${task?.attempt?.state}, started ${starts.length} times, last ${starts.at(-1)?.fate})`)
      .join(', ');
  }
}
