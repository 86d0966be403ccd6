import type { NodeDownReason } from '../../../src/core/broker/node-down.ts';
import { hash32, seeded } from '../../../src/core/random.ts';
import type { MemoryBroker } from '../../../src/executors/nodes/link/memory-broker.ts';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import { Journal } from '../../simulation/checks/journal.ts';
import { Dice } from '../../simulation/world/dice.ts';
import type { Deed, Performance, Place } from '../simulated/far-thread.ts';
import { type Base, brokerOn, Machine } from '../simulated/machine.ts';
import { type Climate, drawClimate, type FrameFault, type NodeKind } from './climate.ts';
import { withFocus } from './climates/focus.ts';
import { withSingleWeather } from './climates/single-weather.ts';
import { Departures } from './departures.ts';
import { faultyLink } from './faulty-link.ts';
import type { Ground } from './ground.ts';
import { SimNode, type Surroundings } from './sim-node.ts';
import { Sky } from './sky.ts';
import type { Start } from './truth.ts';
import { uidOf, Witness } from './witness.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly tasks?: number | undefined;
  readonly write?: ((line: string) => void) | undefined;
  /** Conditions other than those that the seed draws. */
  readonly climate?: ((drawn: Climate) => Climate) | undefined;
  /** What happens beside the weather. */
  readonly play?: ((world: World) => void) | undefined;
}

/** Machines, a network, a broker between them, and all the time that they need; everything follows from one number. */
export class World implements Ground {
  readonly seed: number;
  readonly climate: Climate;
  readonly clock: VirtualClock = new VirtualClock();
  readonly base: Base;
  readonly broker: MemoryBroker;
  readonly manager: Machine;
  readonly nodes: SimNode[] = [];
  readonly journal: Journal;
  readonly departures: Departures = new Departures();
  readonly witness: Witness;
  readonly sky: Sky;
  readonly dice: Dice;
  readonly taskDice: Dice;
  readonly callerDice: Dice;
  readonly poolDice: Dice;
  readonly #frameDice: Dice;
  state: 'safety' | 'liveness' | 'closing' = 'safety';
  violation: string | undefined;
  #threads = 0;
  readonly #filename: string;

  constructor({ seed, tasks, write, climate: changed = (drawn) => drawn }: WorldOptions, filename: string) {
    const dice = (purpose: number): Dice => new Dice(seeded(hash32(seed, purpose)));
    this.seed = seed;
    this.#filename = filename;
    this.climate = changed(withFocus(withSingleWeather(drawClimate(dice(1).next, tasks), dice(8).next), dice(9).next));
    this.dice = dice(2);
    this.taskDice = dice(3);
    this.callerDice = dice(4);
    this.poolDice = dice(5);
    this.#frameDice = dice(6);
    const network = dice(7);
    const { clock, climate } = this;
    this.base = {
      now: () => clock.now(),
      after: (fn, ms) => {
        const timer = clock.setTimeout(fn, ms);
        return { cancel: () => clock.clearTimeout(timer) };
      },
    };
    this.journal = new Journal(() => clock.now(), write);
    this.broker = brokerOn(this.base, () => climate.latency * (0.5 + network.next()) + this.sky.delay);
    this.witness = new Witness(this);
    this.manager = new Machine(this.base, this.broker, this.#ahead());
    this.sky = new Sky(this);
    for (const kind of climate.fleet) this.start(kind);
  }

  get now(): number {
    return this.clock.now();
  }

  start(kind: NodeKind): SimNode {
    const node = new SimNode(this.nodes.length, kind, this.#ahead(), this.surroundings);
    this.nodes.push(node);
    this.journal.note('nodeStart', node.number);
    return node;
  }

  #ahead(): number {
    return this.climate.clocksApart * (2 * this.dice.next() - 1);
  }

  get surroundings(): Surroundings {
    return {
      base: this.base,
      broker: this.broker,
      climate: this.climate,
      filename: this.#filename,
      performance: (node) => this.#performance(node),
      threadNumber: () => ++this.#threads,
      faulty: (link) => faultyLink(link, { dice: this.#frameDice, strikes: (fault) => this.#spoils(fault) }),
    };
  }

  /** Frames that are spoiled may end the session of any node. */
  #spoils(fault: FrameFault): boolean {
    const rate = this.climate.frames[fault] ?? 0;
    if (rate === 0 || this.state !== 'safety' || !this.#frameDice.chance(rate)) return false;
    this.journal.note(fault);
    if (fault !== 'duplicate') for (const node of this.nodes) node.impaired(this.now);
    return true;
  }

  #performance(node: SimNode): Performance {
    const { taskDice, climate, witness } = this;
    const running = new Map<number, Start>();
    return {
      startTime: () => climate.startTime * (0.5 + taskDice.next()),
      holdsBack: () => taskDice.chance(climate.holdsBack),
      begin: (place: Place, input, attempt, replica) => {
        const start = witness.began(node, place, input, attempt, replica);
        running.set(place.threadId, start);
        return this.#deed(node, uidOf(input));
      },
      ended: ({ threadId }, _input, how) => {
        witness.ended(running.get(threadId)!, how);
        running.delete(threadId);
      },
    };
  }

  #deed(node: SimNode, uid: number): Deed {
    const { taskDice: dice, climate, witness, state } = this;
    const { duration, scatter } = climate;
    const truth = witness.truths[uid]!;
    const ms = scatter === 0 ? duration : duration * dice.next() ** (1 + scatter) * (1 + scatter);
    const drawn = dice.next();
    const fair = state !== 'safety';
    const { throws, crashes, hangs } = climate;
    if (!fair && drawn < throws) return { ms, outcome: 'throws', value: `task ${uid}` };
    if (!fair && drawn < throws + crashes) return { ms, outcome: 'crashes' };
    if (!fair && drawn < throws + crashes + hangs) return { ms, outcome: 'hangs' };
    const value = climate.votes ? truth.right + (node.kind.lies ? 1_000_000 : 0) : [uid, truth.starts.length - 1];
    return { ms, outcome: 'returns', value };
  }

  get troubledAt(): number {
    return this.sky.troubledAt;
  }

  innocent(node: SimNode, reason: NodeDownReason, why: string): string | undefined {
    return this.sky.innocent(node, reason, why);
  }

  /** The first one counts: what follows it may only be its consequence. */
  fail(what: string): void {
    if (this.violation !== undefined) return;
    this.violation = what;
    this.journal.note('VIOLATION');
    this.journal.remark(() => what);
  }
}
