import { Agent } from '../../../src/executors/nodes/agent/agent.ts';
import type { Link, Sighting } from '../../../src/executors/nodes/link/link.ts';
import { MemoryLink } from '../../../src/executors/nodes/link/memory-link.ts';
import { NodeExecutor } from '../../../src/executors/nodes/node-executor.ts';
import type { NodesOptions } from '../../../src/options/types.ts';
import type { Seams } from '../../../src/pool/compose.ts';
import type { Deed } from '../../nodes/simulated/far-thread.ts';
import { farThreads } from '../../nodes/simulated/far-thread.ts';
import { type Base, betweenMachines, brokerOn, Machine } from '../../nodes/simulated/machine.ts';
import type { Timeline } from '../../simulation/world/timeline.ts';
import { type Detection, detectionOf } from './detection.ts';
import { MODULE } from './stage.ts';

/** Decides at the start of each attempt what it will do. */
export type Perform = (input: number, attempt: number) => Deed;

export interface FleetOptions {
  readonly timeline: Timeline;
  readonly perform: Perform;
  readonly nodes: number;
  readonly threadsPerNode: number;
  /** Milliseconds from the loss of a node until the pool knows of it. Spares then take over at once. @default 8,000 */
  readonly noticed?: number;
}

/**
 * Milliseconds that a message takes to the broker, or from it. Next to nothing: the closed forms know no such time, and at 95 % load a
 * hundredth of the service time is a fifth of the headroom.
 */
const LATENCY = 0.0005;
interface Node {
  readonly agent: Agent;
  readonly machine: Machine;
}

/** Simulated machines with real agents, a broker in memory, and the real executor of a pool that finds them. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #base: Base;
  readonly #link: Link;
  readonly #broker: ReturnType<typeof brokerOn>;
  readonly #detection: Detection;
  readonly #nodes: Node[] = [];
  /** Beats of each node, as the pool saw them last. */
  readonly #seen = new Map<string, string>();
  /** What is to be done when a fresh beat of this node is seen. */
  readonly #doomed = new Map<string, () => void>();
  #threads = 0;

  constructor(options: FleetOptions) {
    const { timeline } = options;
    this.#options = options;
    this.#detection = detectionOf(options.noticed ?? 8_000);
    this.#base = { now: () => timeline.now(), after: (fn, ms) => timeline.inside(fn, ms) };
    this.#broker = brokerOn(this.#base, () => LATENCY);
    this.#link = this.#watched(new MemoryLink(this.#broker, betweenMachines(this.#base)));
    for (let i = 0; i < options.nodes; i++) this.join();
  }

  /** What the pool has to know of its nodes. */
  get nodes(): NodesOptions {
    return { url: 'redis://127.0.0.1', name: 'fleet', silence: this.#detection.silence, brokerTimeout: 1e9 };
  }

  readonly executor: NonNullable<Seams['executor']> = (options, clock, _place, nodes) => {
    nodes!.executor = new NodeExecutor({ ...options, nodes: options.nodes!, filename: MODULE }, clock, this.#link, nodes!.events);
    return nodes!.executor;
  };

  /** One more node. */
  join(): void {
    const { perform, threadsPerNode } = this.#options;
    const machine = new Machine(this.#base, this.#broker, 0);
    const performance = {
      startTime: () => 0.01,
      begin: (_place: unknown, input: unknown, attempt: number): Deed => perform(input as number, attempt),
    };
    const agent = new Agent(
      {
        link: machine.link,
        clock: machine.clock,
        name: 'fleet',
        filename: MODULE,
        threads: threadsPerNode,
        domain: undefined,
        isolation: 'process',
        version: undefined,
        execPath: undefined,
        beat: this.#detection.beat,
        brokerTimeout: 1_000_000,
        local: () => farThreads(machine, performance, () => ++this.#threads),
      },
      { session: () => {}, broker: () => {}, failed: () => {} },
    );
    this.#nodes.push({ agent, machine });
    void agent.start();
  }

  /**
   * This node vanishes, without a word, at such a moment that the pool knows of it after `noticed` milliseconds, to the fraction: when that is depends
   * on when its last beat was seen.
   */
  kill(id: string, vanished: () => void): void {
    this.#doomed.set(id, () => {
      const { machine } = this.#nodes.find(({ agent }) => agent.id === id)!;
      machine.link.cut();
      machine.loop.end();
      machine.threads.end();
      vanished();
    });
  }

  #watched(link: MemoryLink): Link {
    const watch = async (name: string): Promise<readonly Sighting[]> => {
      const sightings = await link.watch(name);
      for (const { node, beat } of sightings) {
        const fresh = this.#seen.get(node) !== beat;
        this.#seen.set(node, beat);
        const vanish = this.#doomed.get(node);
        if (!fresh || vanish === undefined) continue;
        this.#doomed.delete(node);
        this.#base.after(vanish, this.#detection.lead);
      }
      return sightings;
    };
    return new Proxy<Link>(link, {
      get: (target, name) => {
        const value = name === 'watch' ? watch : (Reflect.get(target, name, target) as unknown);
        return typeof value === 'function' && name !== 'watch' ? value.bind(target) : value;
      },
    });
  }
}
