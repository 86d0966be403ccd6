import { Agent } from '../../../src/executors/nodes/agent/agent.ts';
import type { Link } from '../../../src/executors/nodes/link/link.ts';
import type { MemoryBroker } from '../../../src/executors/nodes/link/memory-broker.ts';
import { farThreads, type Performance } from '../simulated/far-thread.ts';
import { type Base, Machine } from '../simulated/machine.ts';
import type { Climate, NodeKind } from './climate.ts';

/** What a node needs of the world. */
export interface Surroundings {
  readonly base: Base;
  readonly broker: MemoryBroker;
  readonly climate: Climate;
  readonly filename: string;
  performance(node: SimNode): Performance;
  threadNumber(): number;
  /** The link of a program, with what becomes of its frames on the way. */
  faulty(link: Link): Link;
}

/** A machine with the real agent, on simulated threads. */
export class SimNode {
  readonly number: number;
  readonly kind: NodeKind;
  readonly machine: Machine;
  readonly agent: Agent;
  /** `leaving`: it is to drain. */
  state: 'up' | 'leaving' | 'dead' = 'up';
  /** When its words last could not arrive, or might not have; on the shared time. */
  impairedAt: number = Number.NEGATIVE_INFINITY;
  /** What keeps its words, or the manager's, from arriving at present. */
  ailments = 0;
  /** When its process was killed. */
  killedAt: number | undefined;

  constructor(number: number, kind: NodeKind, ahead: number, world: Surroundings) {
    const { base, broker, climate } = world;
    this.number = number;
    this.kind = kind;
    this.machine = new Machine(base, broker, ahead);
    const performance = world.performance(this);
    this.agent = new Agent(
      {
        link: world.faulty(this.machine.link),
        clock: this.machine.clock,
        name: climate.nodes.name!,
        filename: world.filename,
        threads: kind.threads,
        domain: kind.domain,
        isolation: 'process',
        version: kind.version,
        execPath: undefined,
        beat: climate.beat,
        brokerTimeout: 60_000,
        local: () => farThreads(this.machine, performance, () => world.threadNumber()),
      },
      { session: () => {}, broker: () => {}, failed: () => {} },
    );
    this.agent.start().catch(() => {
      this.state = 'dead'; // The broker would not have it: its program has ended with an error.
    });
  }

  get domain(): string {
    return this.kind.domain ?? this.agent.id;
  }

  impaired(now: number): void {
    this.impairedAt = Math.max(this.impairedAt, now);
  }

  /** @param noticed the broker loses its connection; otherwise it does not learn of it */
  kill(now: number, noticed: boolean): void {
    this.state = 'dead';
    this.impaired(now);
    if (noticed) {
      this.killedAt = now;
      this.machine.kill();
      return;
    }
    this.machine.link.cut();
    this.machine.loop.end();
    this.machine.threads.end();
  }
}
