import { Manager } from '../../src/manager.ts';
import { Pool } from '../../src/pool.ts';
import { audit, type Books } from './audit.ts';
import { Caller } from './caller.ts';
import { checkCounters } from './counters.ts';
import { leftovers, livenessBound, missing } from './liveness.ts';
import { Loop } from './loop.ts';
import { checkSettling, ProcessGlobals, settlePromises } from './process-globals.ts';
import { SimExecutor } from './sim-executor.ts';
import { Hold } from './sim-keep-alive.ts';
import { watchEvents } from './watch-events.ts';
import { Witness } from './witness.ts';
import { World, type WorldOptions } from './world.ts';

export interface SimulationOptions extends WorldOptions {
  /** Events between two looks through the whole state. Default 1: after every event. */
  readonly auditEvery?: number;
}

export interface SimulationReport {
  readonly seed: number;
  readonly tasks: number;
  readonly events: number;
  /** Virtual milliseconds. */
  readonly time: number;
  readonly hash: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly outcomes: ReadonlyMap<string, number>;
  /** What did not hold; `undefined` if everything did. */
  readonly violation: string | undefined;
}

/** One seed: the real pool in a simulated world. */
class Simulation {
  readonly world: World;
  readonly witness: Witness;
  readonly #globals: ProcessGlobals;
  readonly #executor: SimExecutor;
  readonly #hold = new Hold();
  readonly #auditEvery: number;
  readonly #undo: () => void;
  #auditAt = 0;
  #books: Books | undefined;
  caller!: Caller;

  constructor(options: SimulationOptions) {
    this.world = new World(options);
    this.witness = new Witness(this.world);
    this.#executor = new SimExecutor(this.world, this.witness);
    this.#auditEvery = options.auditEvery ?? 1;
    const { world } = this;
    this.#globals = new ProcessGlobals({
      timeline: world.timeline,
      random: world.retryDice.next,
      immediate: (fn) => Loop.current?.later(fn, 0),
      heap: () => 10_000_000 + world.threadDice.next() * 100_000_000,
      stacks: options.write !== undefined,
      rejected: (reason) => world.fail(`nobody handled a rejection: ${reason instanceof Error ? reason.stack : String(reason)}`),
    });
    this.#undo = this.#watchAcceptance();
  }

  /** The whole life of a pool. Stops at the first violation. */
  run(): void {
    const { world } = this;
    try {
      const seams = { clock: world.timeline, random: world.retryDice.next, executor: () => this.#executor, keepAlive: this.#hold };
      const pool = new Pool(world.climate.pool, seams);
      watchEvents(pool, world, this.witness);
      this.caller = new Caller(world, pool, this.witness);
      this.#safety();
      if (world.violation === undefined) this.#liveness();
      if (world.violation === undefined) this.#closing();
      if (world.violation === undefined && this.#books !== undefined) {
        checkCounters(this.#books);
        this.witness.budget.look();
      }
    } catch (error) {
      world.fail(`it threw: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      this.#undo();
      this.#globals.restore();
    }
  }

  /** Everything may go wrong, until the caller has submitted its tasks and some time has passed. */
  #safety(): void {
    const { world, caller, witness } = this;
    const { timeline } = world;
    // Where nothing settles any more the second phase will say why.
    const patience = livenessBound(world.climate, world.climate.window);
    while (!caller.done && this.#advance(witness.lastSettledAt + world.lostTime + patience));
    const until = timeline.now() + world.skyDice.log(1, 5000);
    while (witness.open > 0 && this.#advance(until));
  }

  /** Nothing goes wrong any more: every task settles and the pool becomes whole, in bounded time. */
  #liveness(): void {
    const { world, witness, caller } = this;
    world.phase = 'liveness';
    world.journal.note('faultsStop', witness.open);
    const bound = livenessBound(world.climate, witness.open);
    this.#until(bound, 'the faults stopped', () =>
      witness.open > 0 ? `${witness.open} tasks are open: ${witness.describeOpen()}` : undefined,
    );
    this.#until(bound, 'its last task settled', () => this.#books && missing(this.#books));
    // Whoever looks well may still be stuck: every thread gets something to do.
    for (let i = 0; i < 4 * world.climate.pool.threads; i++) caller.submit();
    this.#until(bound, 'more tasks came', () =>
      witness.open > 0 ? `${witness.open} of them are open: ${witness.describeOpen()}` : undefined,
    );
    this.#until(bound, 'its last task settled', () => this.#books && missing(this.#books));
  }

  #closing(): void {
    const { world, caller } = this;
    if (!caller.closing) caller.close(world.callerDice.chance(0.5));
    const bound = 10_000 + 4 * world.climate.pool.terminateTimeout! + world.climate.lateTimers * 10;
    this.#until(bound, 'close() was called', () => (caller.closed === undefined ? 'it has not resolved' : undefined));
    this.#until(bound, 'close() resolved', () => this.#books && leftovers(this.#books));
    this.#until(bound, 'close() resolved', () => (caller.open > 0 ? `${caller.open} promises are pending` : undefined));
  }

  /** Goes on until nothing is amiss, for `bound` milliseconds at most. */
  #until(bound: number, since: string, amiss: () => string | undefined): void {
    const { world } = this;
    if (world.violation !== undefined) return;
    const { timeline } = world;
    const until = Math.max(timeline.now(), timeline.blockedUntil) + bound;
    settlePromises();
    while (amiss() !== undefined && this.#advance(until));
    const what = amiss();
    if (what !== undefined) world.fail(`${bound} ms after ${since}: ${what}`);
  }

  /** One event and all that follows from it; false if there is none by `until`, or something did not hold. */
  #advance(until: number): boolean {
    const { world } = this;
    const { timeline } = world;
    Loop.current = undefined;
    const moved = timeline.step(until);
    settlePromises();
    if (!moved) timeline.skipTo(until);
    else if (world.phase === 'safety') this.#sky();
    if (this.#books !== undefined && timeline.events >= this.#auditAt) {
      audit(this.#books);
      // A look costs as much as there are open tasks: unless every event is to be looked at, all of them share it.
      this.#auditAt = timeline.events + (this.#auditEvery === 1 ? 1 : this.#auditEvery + (this.witness.open >> 1));
    }
    return moved && world.violation === undefined;
  }

  /** Acts of God. */
  #sky(): void {
    const { world } = this;
    const { timeline, skyDice, climate } = world;
    const fault = world.fromSky();
    if (fault === 'death') this.#executor.strike(1);
    else if (fault === 'twinDeaths') this.#executor.strike(2);
    else if (fault !== undefined) {
      const ms = (fault === 'block' ? climate.blockFor : climate.jumpBy) * skyDice.next();
      world.lostTime += ms;
      if (fault === 'block') timeline.block(ms);
      else timeline.jump(ms);
    }
  }

  /** What a pool accepts it says to nobody, so its manager is asked. */
  #watchAcceptance(): () => void {
    const { accept } = Manager.prototype;
    const simulation = this;
    Manager.prototype.accept = function (task, signal) {
      const { world, witness } = simulation;
      simulation.#books ??= {
        world,
        witness,
        executor: simulation.#executor,
        manager: this,
        hold: simulation.#hold,
        waits: () => simulation.#globals.waits,
      };
      witness.waiting = () => this.routes.main.backlog.fresh;
      witness.accepted(task);
      accept.call(this, task, signal);
    };
    return () => {
      Manager.prototype.accept = accept;
    };
  }
}

/** Runs one seed, in one go. To be called from a callback of Node's event loop. */
export function simulate(options: SimulationOptions): SimulationReport {
  checkSettling();
  const simulation = new Simulation(options);
  simulation.run();
  const { world, witness, caller } = simulation;
  return {
    seed: world.seed,
    tasks: caller?.submitted ?? 0,
    events: world.timeline.events,
    time: world.timeline.now(),
    hash: (world.journal.hash >>> 0).toString(16).padStart(8, '0'),
    counts: world.journal.counts,
    outcomes: witness.outcomes,
    violation: world.violation?.message,
  };
}
