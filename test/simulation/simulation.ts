import type { Failure } from '../../src/core/failure.ts';
import type { Attempt, Task } from '../../src/core/task.ts';
import type { PoolParts, Seams } from '../../src/pool/compose.ts';
import { Pool } from '../../src/pool/pool.ts';
import { meddling } from './caller/callbacks.ts';
import { Caller } from './caller/caller.ts';
import { audit, glance } from './checks/books/audit.ts';
import type { Books } from './checks/books/books.ts';
import { checkCounters } from './checks/books/counters.ts';
import { leftovers, livenessBound, missing } from './checks/books/liveness.ts';
import type { TaskTruth } from './checks/truth.ts';
import { watchEvents } from './checks/watch-events.ts';
import { Witness } from './checks/witness.ts';
import type { SimulationReport } from './report.ts';
import { act, elasticOptions } from './weather/sky.ts';
import { homeOf } from './world/home.ts';
import { type Hooks, tell } from './world/hooks.ts';
import { Loop } from './world/loop.ts';
import { checkSettling, ProcessGlobals, settlePromises } from './world/process-globals.ts';
import { SimExecutor } from './world/sim-executor.ts';
import { Hold } from './world/sim-keep-alive.ts';
import { World, type WorldOptions } from './world/world.ts';

export interface SimulationOptions extends WorldOptions {
  /** Events between two looks through the whole state, besides the glance after every one. Default 1. */
  readonly auditEvery?: number;
}

/** Seeds in which little happens, but timers for hours of simulated time, come to their second phase sooner. */
const MOST_EVENTS = 2_000_000;

/** One seed: the real pool in a simulated world. */
class Simulation implements Hooks {
  readonly world: World;
  readonly witness: Witness;
  readonly #globals: ProcessGlobals;
  readonly #executors: SimExecutor[] = [];
  readonly #hold = new Hold();
  readonly #auditEvery: number;
  #auditAt = 0;
  /** Retries that wait. */
  #waits = 0;
  #books: Books | undefined;
  #pool: PoolParts | undefined;
  caller!: Caller;

  constructor(options: SimulationOptions) {
    this.world = new World(options);
    this.witness = new Witness(this.world);
    this.#auditEvery = options.auditEvery ?? 1;
    const { world } = this;
    this.#globals = new ProcessGlobals({
      timeline: world.timeline,
      random: world.retryDice.next,
      heap: () => 10_000_000 + world.threadDice.next() * 100_000_000,
      stacks: options.write !== undefined,
      rejected: (reason) => world.fail(`nobody handled a rejection: ${reason instanceof Error ? reason.stack : String(reason)}`),
    });
    tell(this);
  }

  /** The whole life of a pool. Stops at the first violation. */
  run(): void {
    const { world } = this;
    try {
      const executor: Seams['executor'] = (_options, _clock, place) => {
        this.#executors.push(new SimExecutor(world, this.witness, homeOf(place, world.climate)));
        return this.#executors.at(-1)!;
      };
      const joined = (parts: PoolParts): void => {
        this.#pool = parts;
      };
      const seams = {
        clock: world.clock,
        random: world.retryDice.next,
        executor,
        keepAlive: this.#hold,
        joined,
        staging: world.elastic?.staging ?? Number.POSITIVE_INFINITY,
      };
      const pool = new Pool(
        meddling({ ...world.climate.pool, ...elasticOptions(world) }, (task) => this.witness.meddle(task)),
        seams,
      );
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
      tell(undefined);
      this.#globals.restore();
    }
  }

  /** Everything may go wrong, until the caller has submitted its tasks and some time has passed. */
  #safety(): void {
    const { world, caller, witness } = this;
    const { timeline } = world;
    const { settlements } = witness;
    // Where nothing settles any more the second phase will say why.
    const patience = livenessBound(world.climate, world.climate.window);
    while (!caller.done && timeline.events < MOST_EVENTS && this.#advance(settlements.lastSettledAt + world.lostTime + patience));
    const until = timeline.now() + world.skyDice.log(1, 5000);
    while (settlements.open > 0 && this.#advance(until));
  }

  /** Nothing goes wrong any more: every task settles and the pool becomes whole, in bounded time. */
  #liveness(): void {
    const { world, witness, caller } = this;
    const { settlements } = witness;
    world.phase = 'liveness';
    world.journal.note('faultsStop', settlements.open);
    const bound = livenessBound(world.climate, settlements.open) + 3 * (world.elastic?.idleTimeout ?? 0) + world.stalls.longest;
    const settled = (): boolean => settlements.open === 0;
    const open = (): string => settlements.describeOpen();
    const whole = (): boolean => this.#books === undefined || missing(this.#books) === undefined;
    const lacks = (): string => missing(this.#books!)!;
    this.#until(bound, 'the faults stopped', settled, open);
    this.#until(bound, 'its last task settled', whole, lacks);
    // A thread that looks well may still be stuck: every thread gets something to do.
    for (let i = 0; i < 4 * world.climate.pool.threads; i++) caller.submit();
    this.#until(bound, 'more tasks came', settled, open);
    this.#until(bound, 'its last task settled', whole, lacks);
    if (world.violation === undefined && this.#books !== undefined) audit(this.#books);
  }

  #closing(): void {
    const { world, caller } = this;
    if (!caller.closing) caller.close(world.callerDice.chance(0.5));
    const bound = 10_000 + world.stalls.longest + 4 * world.climate.pool.terminateTimeout! + world.climate.lateTimers * 10;
    const since = 'close() was called';
    this.#until(
      bound,
      since,
      () => caller.closed !== undefined,
      () => 'it has not resolved',
    );
    const left = (): string | undefined => this.#books && leftovers(this.#books);
    this.#until(
      bound,
      since,
      () => left() === undefined,
      () => left()!,
    );
    this.#until(
      bound,
      since,
      () => caller.open === 0,
      () => `${caller.open} promises are pending`,
    );
  }

  /** Goes on until all is well, for `bound` milliseconds at most. */
  #until(bound: number, since: string, well: () => boolean, amiss: () => string): void {
    const { world } = this;
    if (world.violation !== undefined) return;
    const { timeline } = world;
    const until = Math.max(timeline.now(), timeline.blockedUntil) + bound;
    settlePromises();
    while (!well() && this.#advance(until));
    if (!well()) world.fail(`${bound} ms after ${since}: ${amiss()}`);
  }

  /** One event and all that follows from it; false if nothing happens by `until`, or something did not hold. */
  #advance(until: number): boolean {
    const { world } = this;
    const { timeline } = world;
    Loop.current = undefined;
    const moved = timeline.step(until);
    settlePromises();
    if (!moved) timeline.skipTo(until);
    else if (world.phase === 'safety') act(world, this.#executors[0]!);
    if (this.#books !== undefined) {
      glance(this.#books);
      this.witness.growth.look(this.#books.pool);
      this.witness.relief.look(this.#books.pool);
      if (timeline.events >= this.#auditAt) {
        audit(this.#books);
        // To look through everything costs as much as there are open tasks: unless it is to be done at every event, all of them share it.
        this.#auditAt = timeline.events + (this.#auditEvery === 1 ? 1 : this.#auditEvery + this.witness.settlements.open);
      }
    }
    return moved && world.violation === undefined;
  }

  // ---- what a pool does not say

  accepting(task: Task): void {
    const { world, witness } = this;
    const pool = this.#pool;
    if (this.#books === undefined && pool !== undefined) {
      this.#books = { world, witness, executors: this.#executors, pool, hold: this.#hold, waits: () => this.#waits };
      witness.waiting = () => pool.routes.main.backlog;
      witness.dispatchers = () => pool.routes.all;
    }
    witness.quarantine.accepted(witness.settlements.accepted(task));
  }

  settling(task: Task, value: unknown, failure: Failure | undefined): boolean {
    if (task.state !== 'open') return false;
    this.witness.quarantine.settled(task.input as TaskTruth, failure?.kind);
    this.witness.settlements.settling(task.input as TaskTruth, value, failure);
    return true;
  }

  settledInVain(task: Task): void {
    this.world.fail(`task ${task.id} has settled twice in the books of the pool`);
  }

  backingOff(by: 1 | -1): void {
    this.#waits += by;
  }

  casting(attempt: Attempt, value: unknown): void {
    const truth = attempt.task.input as TaskTruth | undefined;
    if (truth === undefined) this.world.fail(`a ballot of task ${attempt.task.id} was cast after it had settled`);
    else this.witness.ballots.casting(truth, attempt, value);
  }

  cast({ task }: Attempt): void {
    if (task.state === 'open') this.witness.ballots.cast(task.input as TaskTruth);
  }
}

/** Runs one seed, in one go. To be called from a callback of Node's event loop. */
export function simulate(options: SimulationOptions): SimulationReport {
  checkSettling();
  const simulation = new Simulation(options);
  simulation.run();
  const { world, witness } = simulation;
  const tasks = world.journal.count('accepted');
  return {
    seed: world.seed,
    tasks,
    events: world.timeline.events,
    time: world.timeline.now(),
    hash: (world.journal.hash >>> 0).toString(16).padStart(8, '0'),
    counts: { ...world.journal.counts(), acceptedElastic: world.elastic === undefined ? 0 : tasks },
    outcomes: witness.settlements.outcomes,
    violation: world.violation?.message,
  };
}
