import { getEventListeners } from 'node:events';
import type { PoolEvents } from '../../../src/core/events.ts';
import type { AttemptRecord } from '../../../src/core/failure.ts';
import type { Attempt } from '../../../src/core/task.ts';
import { BEAT } from '../../../src/core/wire/beat.ts';
import type { Dispatcher } from '../../../src/dispatch/dispatcher.ts';
import type { Exit } from '../../../src/executors/executor.ts';
import { explain } from '../explain.ts';
import type { Home } from '../world/home.ts';
import type { SimThread, ThreadWatcher } from '../world/sim-thread.ts';
import type { World } from '../world/world.ts';
import { BallotCheck } from './ballot-check.ts';
import { BudgetCheck } from './budget-check.ts';
import { GrowthCheck } from './growth-check.ts';
import { HedgeCheck } from './hedge-check.ts';
import { OvertakingCheck } from './overtaking-check.ts';
import { QuarantineCheck } from './quarantine-check.ts';
import { ReliefCheck } from './relief-check.ts';
import { RestartCheck } from './restart-check.ts';
import { SettlementCheck } from './settlement-check.ts';
import { checkStart, mayRunOn } from './start-check.ts';
import { TeardownCheck } from './teardown-check.ts';
import type { Start, TaskTruth } from './truth.ts';

/** Compares what the pool does and says with what really happened, at the moment it happens. */
export class Witness implements ThreadWatcher {
  readonly world: World;
  readonly threads: Map<number, SimThread> = new Map();
  /** Where each thread lives, or did. */
  readonly homes: Map<number, Home> = new Map();
  readonly settlements: SettlementCheck;
  readonly ballots: BallotCheck;
  readonly hedges: HedgeCheck;
  readonly restarts: RestartCheck;
  readonly quarantine: QuarantineCheck;
  readonly growth: GrowthCheck;
  readonly teardowns: TeardownCheck;
  readonly relief: ReliefCheck;
  readonly budget: BudgetCheck;
  /** Those of the pool, and of the escalation once there are any. */
  dispatchers: () => readonly Dispatcher[] = () => [];
  readonly #overtaking: OvertakingCheck;
  /** Tasks begun on each thread. */
  readonly #served = new Map<number, number>();
  /** Threads that were given up as orphans, and live. */
  readonly #givenUp = new Set<number>();
  /** Executions that have begun, on threads that the pool had not given up. */
  begun = 0;
  /** Some tasks have copies that vote. */
  readonly #votes: boolean;
  /** Fresh attempts that wait, and all that wait. */
  waiting: () => { readonly fresh: number; readonly size: number } = () => ({ fresh: 0, size: 0 });
  /** The caller's own code, run from inside the pool's. */
  meddle: (task: TaskTruth | undefined) => void = () => {};

  constructor(world: World) {
    this.world = world;
    const { pool, runs } = world.climate;
    this.#votes = [pool, ...runs].some((options) => (options?.redundancy ?? false) !== false);
    this.ballots = new BallotCheck(world);
    this.hedges = new HedgeCheck(world);
    this.settlements = new SettlementCheck(world, this.ballots, this.hedges);
    this.restarts = new RestartCheck(world);
    this.quarantine = new QuarantineCheck(world);
    this.relief = new ReliefCheck(world);
    this.growth = new GrowthCheck(world);
    this.teardowns = new TeardownCheck(world);
    this.budget = new BudgetCheck(world);
    this.#overtaking = new OvertakingCheck(world);
  }

  // ---- threads

  cloning(task: TaskTruth): void {
    this.meddle(task);
  }

  sent(thread: SimThread, attempts: readonly Attempt[]): void {
    const { world } = this;
    const now = world.clock.now();
    world.journal.note('sent', thread.threadId, attempts[0]!.task.id, attempts.length);
    this.teardowns.sent(thread.threadId);
    if (thread.body.terminated) world.fail(`work was sent to thread ${thread.threadId}, which had been terminated`);
    this.ballots.sent(thread.threadId);
    // Where copies vote, fresh attempts may wait for another thread.
    const { home } = thread.body;
    const dispatcher = this.dispatchers()[home.place === 'pool' ? 0 : 1];
    if (dispatcher !== undefined) this.#overtaking.sent(dispatcher, thread.threadId, attempts);
    const contended = home.place === 'pool' && attempts[0]!.recovery && !this.#votes && this.waiting().fresh > 0;
    for (const { task, number } of attempts) {
      const truth = task.input as TaskTruth | undefined;
      for (const start of truth?.starts ?? []) if (start.attempt === number) start.repeated = true;
      if (truth !== undefined && contended) {
        truth.contended ??= new Set();
        truth.contended.add(number);
      }
      if (truth !== undefined && home.remote) {
        truth.sentTo ??= new Set();
        truth.sentTo.add(thread.threadId);
      }
      const waited = now - task.acceptedAt;
      const { queue, total } = task.spec.limits;
      if (waited >= total) world.fail(`task ${task.id} was sent ${waited} ms after it was accepted: past its total timeout`);
      if (waited >= queue && truth?.starts.length === 0 && !truth.mayHaveBegun)
        world.fail(`task ${task.id} was sent ${waited} ms after it was accepted: past its queue timeout`);
    }
  }

  started(start: Start): void {
    const { world } = this;
    // What begins on a thread that was given up, in another process, counts no more.
    if (!this.#givenUp.has(start.thread)) this.begun++;
    const { task: truth } = start;
    world.journal.note('started', start.thread, truth.uid, start.attempt);
    start.lostBefore = world.lostTime - world.timeline.stillBlocked;
    start.livedBefore = world.timeline.insideNow;
    start.pausesBefore = world.pauses.count;
    start.contended = truth.contended?.has(start.attempt) === true;
    start.counted = !start.on.terminated;
    const { home } = start.on;
    if (start.counted && ++home.running > home.threads)
      world.fail(`${home.running} threads of the ${home.place} run tasks; it has ${home.threads}`);
    if (home.place === 'escalation') world.journal.note('startedInCell', start.thread, truth.uid, start.attempt);
    // What is taken back from another process may begin before the word arrives.
    const slack = home.remote ? 10 * world.climate.latency + world.lostTime - truth.lostAtEnd : -1;
    if (truth.settledAt >= 0 && start.at - truth.settledAt > slack && !mayRunOn(truth))
      world.fail(`task ${truth.uid} was started after it had settled (${truth.outcome})`);
    checkStart(this.world, start);
    truth.starts.push(start);
    this.hedges.started(start);
    this.#mayServeOn(start);
  }

  /** No thread serves more tasks than it may before it is recycled. */
  #mayServeOn({ thread }: Start): void {
    const served = (this.#served.get(thread) ?? 0) + 1;
    this.#served.set(thread, served);
    const most = this.world.climate.pool.recycle?.tasks ?? Number.POSITIVE_INFINITY;
    if (served > most) this.world.fail(`thread ${thread} was given task number ${served}; it may serve ${most}`);
  }

  ended(start: Start): void {
    if (start.counted) start.on.home.running--;
    start.counted = false;
    if (start.fate === 'returned') this.ballots.returned(start);
    this.hedges.ended(start);
    if (!start.on.terminated) this.#ranTooLong(start);
    this.budget.ended(start);
    this.world.journal.note('ended', start.thread, start.task.uid, start.attempt);
  }

  /** Nothing runs longer than it may, by more than what stopping takes. */
  #ranTooLong({ task, at, lostBefore }: Start): void {
    const { world } = this;
    const ran = world.timeline.now() - at - (world.lostTime - lostBefore);
    const most = task.limits.run + (world.climate.pool.abortGrace ?? 0) + world.timerSlack + 10 * world.climate.latency;
    if (ran > most) world.fail(`task ${task.uid} has run for ${ran} ms; its limit is ${task.limits.run} ms`);
  }

  /** Looks at what runs now: some of it may never end. */
  lookAtRunning(): void {
    for (const thread of this.threads.values()) {
      if (thread.wanted && thread.body.current !== undefined) this.#ranTooLong(thread.body.current);
    }
  }

  terminated(start: Start | undefined): void {
    if (start?.counted !== true) return;
    start.counted = false;
    start.on.home.running--;
  }

  tearingDown(thread: SimThread): void {
    this.teardowns.asked(thread);
  }

  wantsTeardown(threadId: number): void {
    this.teardowns.wanted(threadId);
  }

  exited(thread: SimThread, exit: Exit): void {
    this.world.journal.note('exitSeen', thread.threadId, exit.exitCode);
    this.world.journal.remark(() => `cause ${exit.cause}, blame ${JSON.stringify(exit.blame)}`);
    if (thread.wasCondemned) this.restarts.condemned.add(thread.threadId);
    this.threads.delete(thread.threadId);
  }

  // ---- what the pool says

  gaveUp(taskId: number, record: AttemptRecord): void {
    const truth = this.settlements.tasks.get(taskId)!;
    truth.gaveUp(record.attempt);
    const fault = explain(truth, record, this.world);
    if (fault !== undefined)
      this.world.fail(`attempt ${record.attempt} of task ${truth.uid} is said to have failed by ${record.kind}, and ${fault}`);
  }

  timedOut(taskId: number, attempt: number): void {
    const { world } = this;
    const truth = this.settlements.tasks.get(taskId)!;
    truth.gaveUp(attempt);
    const start = truth.starts.findLast((one) => one.attempt === attempt);
    const now = this.world.timeline.now();
    if (start === undefined) this.world.fail(`task ${truth.uid} is said to have passed its run timeout, and has not been started`);
    else if (now - start.at < truth.limits.run)
      this.world.fail(`task ${truth.uid} was convicted after ${now - start.at} ms; its run timeout is ${truth.limits.run} ms`);
    else if (world.timeline.insideNow - start.livedBefore < truth.limits.run - world.pauses.charged(start.pausesBefore))
      world.fail(`task ${truth.uid} was convicted for time in which the program was stopped`);
    else if (this.#isHeldUp(start)) world.fail(`task ${truth.uid} was convicted by its run timeout although leftovers had held it up`);
    else if (start.arrived && !start.mangled)
      this.world.fail(`task ${truth.uid} was convicted by its run timeout although its outcome had arrived at ${start.postedAt}`);
    else if (start.fate !== 'running' && start.deathSeenAt < this.world.timeline.lastTurn && !start.mangled)
      this.world.fail(`task ${truth.uid} was convicted by its run timeout although its thread had died`);
    if (start !== undefined) start.convictedAt = world.timeline.insideNow;
  }

  /** An earlier task had kept it from going on for much of its time, and the pool could see that. */
  #isHeldUp({ task, heldUpSince, on, fate }: Start): boolean {
    if (heldUpSince < 0 || fate !== 'running' || on.home.remote || !this.world.leftovers.hearts) return false;
    return task.rules.repeatable && this.world.timeline.now() - heldUpSince > task.limits.run / 4 + 3 * BEAT;
  }

  hedged(event: PoolEvents['hedge']): void {
    this.hedges.hedged(this.settlements.tasks.get(event.taskId)!, event, this.waiting().size);
  }

  conflict({ taskId, verdict }: PoolEvents['conflict']): void {
    const truth = this.settlements.tasks.get(taskId);
    if (truth !== undefined) this.ballots.told(truth, verdict);
  }

  threadEnded(event: PoolEvents['workerExit']): void {
    this.restarts.exit(event, this.homes.get(event.threadId)!);
    if (this.threads.has(event.threadId)) this.#orphaned(event.threadId);
    if (event.reason === 'startup') this.growth.startFailed();
    if (event.reason === 'outvoted') this.ballots.outvoted(event.threadId);
    this.ballots.gone(event.threadId);
  }

  /** It was given up before its exit was seen. */
  #orphaned(threadId: number): void {
    this.#givenUp.add(threadId);
    for (const truth of this.settlements.tasks.values()) truth.orphaned(threadId);
  }

  checkListeners(signal: AbortSignal): void {
    const left = getEventListeners(signal, 'abort').length;
    if (left > 0) this.world.fail(`${left} listeners are left on an aborted signal`);
  }
}
