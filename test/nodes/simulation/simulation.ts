import type { Failure } from '../../../src/core/failure.ts';
import type { Task } from '../../../src/core/task.ts';
import { NodeExecutor } from '../../../src/executors/nodes/node-executor.ts';
import type { PoolParts, Seams } from '../../../src/pool/compose.ts';
import { Pool } from '../../../src/pool/pool.ts';
import type { SimulationReport } from '../../simulation/report.ts';
import { type Hooks, tell } from '../../simulation/world/hooks.ts';
import { checkSettling, ProcessGlobals, settlePromises } from '../../simulation/world/process-globals.ts';
import { Hold } from '../../simulation/world/sim-keep-alive.ts';
import { boundOf, describeOpen, lacks } from './wholeness.ts';
import { World, type WorldOptions } from './world.ts';

/** The task module: none of its code runs, but both sides read it and must find the same. */
const MODULE = new URL('./climate.js', import.meta.url).href;
/** Beyond this, a seed in which little happens comes to its second phase. */
const MOST_EVENTS = 3_000_000;
/** Milliseconds after which all that is kept at the broker has expired. */
const FORGOTTEN = 400_000;

/** One seed: the real pool, the real executor and the real agents, in a simulated world. */
class NodesSimulation implements Hooks {
  readonly world: World;
  readonly #globals: ProcessGlobals;
  readonly #hold = new Hold();
  readonly #play: WorldOptions['play'];
  #parts: PoolParts | undefined;
  #pool!: Pool;
  events = 0;
  submitted = 0;

  constructor(options: WorldOptions) {
    this.#globals = new ProcessGlobals({
      timeline: { now: () => this.world?.now ?? 0 },
      random: () => this.world.poolDice.next(),
      heap: () => 1,
      stacks: options.write !== undefined,
      rejected: (reason) => this.world.fail(`nobody handled a rejection: ${reason instanceof Error ? reason.stack : String(reason)}`),
    });
    tell(this);
    this.#play = options.play;
    this.world = new World(options, MODULE);
  }

  run(): void {
    const { world } = this;
    try {
      world.manager.loop.turn(() => this.#open());
      this.#tick();
      this.#play?.(world);
      const patience = boundOf(this.world);
      while (
        this.submitted < world.climate.tasks &&
        this.events < MOST_EVENTS &&
        this.#advance(world.witness.lastSettledAt + patience + 20 * world.climate.longest)
      );
      const until = world.now + world.dice.log(1, 5_000);
      while (world.witness.open > 0 && this.#advance(until));
      this.#liveness();
      this.#closing();
    } catch (error) {
      world.fail(`it threw: ${error instanceof Error ? error.stack : String(error)}`);
    } finally {
      tell(undefined);
      this.#globals.restore();
    }
  }

  #open(): void {
    const { world } = this;
    const { climate, manager } = world;
    const executor: Seams['executor'] = (options, clock, _place, nodes) => {
      const faulty = world.surroundings.faulty(manager.link);
      const link = climate.once > 0 ? world.departures.watched(faulty) : faulty;
      nodes!.executor = new NodeExecutor({ ...options, nodes: options.nodes!, filename: options.filename! }, clock, link, nodes!.events);
      return nodes!.executor;
    };
    const joined = (parts: PoolParts): void => {
      this.#parts = parts;
    };
    const seams = { clock: manager.clock, random: world.poolDice.next, keepAlive: this.#hold, executor, joined };
    this.#pool = new Pool({ ...climate.pool, filename: MODULE, nodes: climate.nodes }, seams);
    this.#pool.on('retry', (event) => world.witness.retried(event));
    this.#pool.on('workerExit', (event) => world.witness.threadEnded(event));
    this.#pool.on('nodeDown', (event) => world.witness.nodeDown(event));
    this.#pool.on('failed', ({ error }) => world.fail(`the pool has failed: ${error}`));
    for (const name of ['nodeUp', 'brokerLost', 'brokerBack', 'conflict', 'workerStart'] as const)
      this.#pool.on(name, () => world.journal.note(`event:${name}`));
  }

  /** The caller: several at once, as long as not too many are open. */
  #tick(): void {
    const { world } = this;
    const { climate, callerDice: dice, witness } = world;
    if (world.state !== 'safety') return;
    world.manager.loop.turn(() => {
      let room = Math.min(dice.whole(1, climate.burst), climate.window - witness.open, climate.tasks - this.submitted);
      for (; room > 0; room--) this.#submit();
    });
    if (this.submitted < climate.tasks)
      world.base.after(() => this.#tick(), 0.01 + (climate.duration * climate.burst * dice.next()) / (climate.load ?? 1));
  }

  #submit(): void {
    const { world } = this;
    const { climate, callerDice: dice, witness } = world;
    this.submitted++;
    const truth = witness.submitted(dice.chance(climate.once));
    const input = dice.chance(climate.large) ? { uid: truth.uid, bytes: new Uint8Array(1_100_000) } : truth.uid;
    const told = (): void => witness.told(truth);
    this.#pool.run(input, truth.once ? { idempotent: false } : undefined).then(told, told);
  }

  #liveness(): void {
    const { world } = this;
    const { witness, climate } = world;
    if (world.violation !== undefined) return;
    world.state = 'liveness';
    world.journal.note('faultsStop', witness.open);
    world.sky.clear();
    // A node that was lost for good is replaced.
    for (const kind of climate.fleet) if (!kind.lies) world.start(kind);
    this.#until(
      'the faults stopped',
      boundOf(this.world),
      () => witness.open === 0,
      () => describeOpen(world.witness),
    );
    this.#until(
      'the last task settled',
      boundOf(this.world),
      () => lacks(this.#parts!) === undefined,
      () => lacks(this.#parts!)!,
    );
    world.manager.loop.turn(() => {
      for (let i = 0; i < 2 * ((climate.pool.threads as number | undefined) ?? 4); i++) this.#submit();
    });
    this.#until(
      'more tasks came',
      boundOf(this.world),
      () => witness.open === 0,
      () => describeOpen(world.witness),
    );
  }

  /** The pool closes, nodes are stopped, and nothing is left: no promise, no timer, nothing at the broker. */
  #closing(): void {
    const { world } = this;
    if (world.violation !== undefined) return;
    world.witness.nothingLingers();
    world.state = 'closing';
    world.witness.closing = true;
    let closed = false;
    world.manager.loop.turn(() => {
      void this.#pool.close().then(() => {
        closed = true;
      });
    });
    this.#until(
      'close() was called',
      60_000,
      () => closed,
      () => 'it has not resolved',
    );
    let stopped = 0;
    const living = world.nodes.filter(({ state }) => state !== 'dead');
    for (const { agent, machine } of living) {
      machine.loop.turn(() => {
        void agent.stop().then(() => {
          stopped++;
        });
      });
    }
    this.#until(
      'the nodes were stopped',
      10_000,
      () => stopped === living.length,
      () => `${living.length - stopped} have not ended`,
    );
    const left = (): string | undefined => {
      if (world.broker.size > 0) return `${world.broker.size} things are left at the broker`;
      return world.clock.pending > 0 ? `${world.clock.pending} timers are set` : undefined;
    };
    this.#until(
      'the nodes had ended',
      FORGOTTEN,
      () => left() === undefined,
      () => left()!,
    );
  }

  #until(since: string, bound: number, well: () => boolean, amiss: () => string): void {
    const { world } = this;
    if (world.violation !== undefined) return;
    const until = world.now + bound;
    settlePromises();
    while (!well() && this.#advance(until));
    if (!well()) world.fail(`${Math.round(bound)} ms after ${since}: ${amiss()}`);
  }

  /** One event, and all that follows from it. */
  #advance(until: number): boolean {
    const moved = this.world.clock.step(until);
    settlePromises();
    this.events++;
    return moved && this.world.violation === undefined;
  }

  // ---- what a pool does not say

  accepting(task: Task): void {
    this.world.witness.accepted(task);
  }

  settling(task: Task, value: unknown, failure: Failure | undefined): boolean {
    return this.world.witness.settling(task, value, failure);
  }

  settledInVain(task: Task): void {
    this.world.fail(`task ${task.id} has settled twice in the books of the pool`);
  }

  casting(): void {}
  cast(): void {}
  backingOff(): void {}
}

/** Runs one seed, in one go. To be called from a callback of Node's event loop. */
export function simulate(options: WorldOptions): SimulationReport {
  checkSettling();
  const simulation = new NodesSimulation(options);
  simulation.run();
  const { world } = simulation;
  return {
    seed: world.seed,
    tasks: simulation.submitted,
    events: simulation.events,
    time: world.now,
    hash: (world.journal.hash >>> 0).toString(16).padStart(8, '0'),
    counts: { ...world.journal.counts(), reruns: world.witness.reruns, runs: world.witness.runs },
    outcomes: world.witness.outcomes as SimulationReport['outcomes'],
    violation: world.violation,
  };
}
