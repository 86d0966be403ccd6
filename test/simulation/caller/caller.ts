import type { RunOptions } from '../../../src/options/types.ts';
import type { CloseReport } from '../../../src/pool/lifecycle.ts';
import type { Pool } from '../../../src/pool/pool.ts';
import { type Rules, rulesOf } from '../checks/rules.ts';
import { TaskTruth } from '../checks/truth.ts';
import type { Witness } from '../checks/witness.ts';
import type { World } from '../world/world.ts';
import { meddling } from './callbacks.ts';
import { mapping } from './caller-map.ts';

/** Tasks that are kept at hand, to be aborted at odd moments. */
const AT_HAND = 32;

/** After this many answers that the pool is closed, or has failed, a caller stops. */
const ENOUGH = 50;

/** The program that uses the pool: it submits, aborts, closes, and does so at odd moments. */
export class Caller {
  readonly world: World;
  readonly pool: Pool;
  readonly witness: Witness;
  /** The share of each kind of tasks that the climate knows. */
  readonly rules: readonly Rules[];
  readonly runs: readonly (RunOptions | undefined)[];
  readonly #live: TaskTruth[] = [];
  #group = new AbortController();
  #ticking = false;
  submitted = 0;
  settled = 0;
  /** Tasks that were started from inside the pool. */
  #extra = 0;
  #depth = 0;
  /** Calls that a pool refused which will take no more. */
  #turnedAway = 0;
  #closeAt: number;
  closing = false;
  closed: CloseReport | undefined;

  constructor(world: World, pool: Pool, witness: Witness) {
    this.world = world;
    this.pool = pool;
    this.witness = witness;
    const { close, tasks, maps, runs } = world.climate;
    this.rules = runs.map((options) => rulesOf(options, world.climate));
    this.runs = runs.map((options) => options && meddling(options, (task) => this.#meddle(task)));
    this.#closeAt = close === 'never' ? Number.POSITIVE_INFINITY : world.callerDice.whole(0, tasks);
    witness.meddle = (task) => this.#meddle(task);
    for (let i = 0; i < maps; i++) mapping(this, Math.ceil(tasks / (maps + 1)));
    if (world.closedLoops === 0) this.#tickAfter(0);
    else for (let i = 0; i < world.closedLoops; i++) this.#beginAfter(0);
  }

  get open(): number {
    return this.submitted - this.settled;
  }

  get done(): boolean {
    return this.submitted >= this.world.climate.tasks || this.#turnedAway >= ENOUGH;
  }

  close(force: boolean): void {
    const { world, witness } = this;
    world.journal.note('close', force ? 1 : 0);
    witness.settlements.closeCalled = true;
    if (force) witness.teardowns.forced();
    this.closing = true;
    this.pool.close({ force }).then(
      (report) => {
        this.closed = report;
        world.journal.note('closed', report.completed, report.dropped, report.killed);
      },
      (error) => world.fail(`close() rejected: ${error}`),
    );
  }

  #tickAfter(delay: number): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.world.timeline.arrive(() => this.#tick(), delay);
  }

  #tick(): void {
    const { climate, callerDice, phase } = this.world;
    this.#ticking = false;
    if (phase === 'liveness') return;
    let room = Math.min(callerDice.whole(1, climate.burst), climate.window - this.open, climate.tasks - this.submitted);
    for (; room > 0; room--) this.submit();
    if (this.world.strikes('abortGroup', callerDice)) this.#abortGroup();
    if (!this.done && this.open < climate.window) this.#tickAfter(climate.duration * climate.burst * 2 * callerDice.next());
  }

  submit(): void {
    const { climate, callerDice: dice } = this.world;
    if (this.submitted >= this.#closeAt) {
      this.#closeAt = Number.POSITIVE_INFINITY;
      this.close(climate.close === 'forced');
    }
    const kind = climate.runs.length === 1 ? 0 : dice.whole(0, climate.runs.length - 1);
    let options: RunOptions | undefined = this.runs[kind];
    const joins = climate.rates.abortGroup > 0 && dice.chance(0.1);
    const doomed = !joins && this.world.strikes('abort', dice);
    const own = doomed || (!joins && climate.rates.abortInside > 0 && dice.chance(0.3));
    const controller = joins ? this.#group : own ? new AbortController() : undefined;
    if (controller !== undefined) options = { ...options, signal: controller.signal };
    if (climate.rates.progress > 0 && dice.chance(0.3)) options = { ...options, onProgress: (value) => this.#progress(truth, value) };
    const truth = this.newTask(options, this.rules[kind]!);
    truth.controller = controller;
    if (doomed) this.#planAbort(truth, dice.chance(0.1) ? 0 : dice.log(0.01, 1000));
    if (this.#live.length < AT_HAND) this.#live.push(truth);
    else this.#live[truth.uid % AT_HAND] = truth;
    this.pool.run(truth, options).then(
      (value) => this.told(truth, 'fulfilled', value),
      (error) => this.told(truth, 'rejected', error),
    );
  }

  newTask(options: RunOptions | undefined, rules: Rules): TaskTruth {
    const { climate, callerDice: dice, timeline, lostTime } = this.world;
    return new TaskTruth({
      uid: this.submitted++,
      options,
      rules,
      submittedAt: timeline.now(),
      lostBefore: lostTime,
      key: climate.keys === 1 ? 'key' : `key ${dice.whole(1, climate.keys)}`,
      uncloneable: this.world.strikes('uncloneableInput', dice),
      unread: this.world.phase === 'safety' && this.world.unreadInputs.strikes(),
    });
  }

  told(truth: TaskTruth, outcome: 'fulfilled' | 'rejected', what: unknown): void {
    this.witness.settlements.told(truth, outcome, what);
    if (!truth.accepted && (truth.outcome === 'startup' || truth.outcome === 'closed')) this.#turnedAway++;
    this.ended(!truth.accepted);
  }

  /** @param refused at once: even a caller that never pauses does so then */
  ended(refused = false): void {
    this.settled++;
    const { duration } = this.world.climate;
    if (this.world.closedLoops === 0) {
      if (!this.done) this.#tickAfter(duration * this.world.callerDice.next());
    } else if (refused) this.#beginAfter(duration);
    else this.#begin();
  }

  #beginAfter(delay: number): void {
    this.world.timeline.arrive(() => this.#begin(), delay);
  }

  /** A caller that never pauses begins its next task, still in the turn in which it has heard of the last one. */
  #begin(): void {
    const { closedLoops, phase } = this.world;
    if (phase === 'safety' && !this.done && this.open < closedLoops) this.submit();
  }

  #progress(truth: TaskTruth, value: unknown): void {
    const { world } = this;
    if (value !== truth.uid) world.fail(`task ${truth.uid} was told of the progress of another`);
    if (truth.settledAt >= 0) world.fail(`task ${truth.uid} was told of progress after it had settled`);
    this.#meddle(truth);
    throw new Error('in onProgress');
  }

  #planAbort(truth: TaskTruth, delay: number): void {
    if (delay === 0) this.#abort(truth);
    else this.world.timeline.arrive(() => this.#abort(truth), delay);
  }

  /** Aborted is what has not settled yet, in the pool's own eyes. */
  #abort(truth: TaskTruth): void {
    const { controller } = truth;
    if (controller === undefined || controller.signal.aborted || controller === this.#group) return;
    this.world.journal.note('abortNow', truth.uid);
    if (!truth.accepted || truth.settledAt < 0) truth.abortedAt = this.world.timeline.now();
    controller.abort(new Error(`reason ${truth.uid}`));
    this.witness.checkListeners(controller.signal);
  }

  #abortGroup(): void {
    const group = this.#group;
    this.#group = new AbortController();
    for (const truth of this.witness.settlements.openTasks()) if (truth.controller === group) truth.abortedAt = this.world.timeline.now();
    group.abort(new Error('the group is given up'));
    this.witness.checkListeners(group.signal);
  }

  /** Called from inside the pool: an event's listener, a getter of an input, a progress callback. */
  #meddle(truth: TaskTruth | undefined): void {
    const { world } = this;
    const dice = world.callerDice;
    if (this.#depth > 2) return;
    this.#depth++;
    if (world.strikes('abortInside', dice)) {
      const victim = truth !== undefined && dice.chance(0.5) ? truth : this.#live.length > 0 ? dice.pick(this.#live) : undefined;
      if (victim !== undefined) this.#abort(victim);
    }
    if (this.#extra < 200 && world.strikes('runInside', dice)) {
      this.#extra++;
      this.submit();
    }
    if (world.strikes('closeInside', dice)) this.close(dice.chance(0.3));
    this.#depth--;
  }
}
