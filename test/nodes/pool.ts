import { after } from 'node:test';
import { systemClock } from '../../src/core/time/system-clock.ts';
import type { AgentOptions } from '../../src/executors/nodes/agent/admission.ts';
import type { Agent } from '../../src/executors/nodes/agent/agent.ts';
import { MemoryBroker } from '../../src/executors/nodes/link/memory-broker.ts';
import { MemoryLink } from '../../src/executors/nodes/link/memory-link.ts';
import { NodeExecutor } from '../../src/executors/nodes/node-executor.ts';
import type { NodesOptions, PoolOptions } from '../../src/options/types.ts';
import type { Seams } from '../../src/pool/compose.ts';
import { Pool } from '../../src/pool/pool.ts';
import { agent } from './stage.ts';

export interface Node {
  readonly agent: Agent;
  readonly link: MemoryLink;
}

/** A pool and its nodes in one program, with a broker in memory between them. */
export class Cluster {
  readonly broker: MemoryBroker = new MemoryBroker(systemClock);
  readonly #nodes: Node[] = [];

  async node(options: Partial<AgentOptions> = {}): Promise<Node> {
    const link = new MemoryLink(this.broker, systemClock);
    const node = { agent: await agent(link, options), link };
    this.#nodes.push(node);
    return node;
  }

  /** @param links receives those of the pool */
  seams(links: MemoryLink[] = []): Seams {
    return {
      executor: (options, clock, _place, nodes) => {
        const link = new MemoryLink(this.broker, clock);
        links.push(link);
        const executor = new NodeExecutor({ ...options, nodes: options.nodes!, filename: options.filename! }, clock, link, nodes!.events);
        nodes!.executor = executor;
        return executor;
      },
    };
  }

  /** A pool for the tasks of `agent`, unless it has others. */
  pool<M>(options: Omit<PoolOptions, 'nodes'> & { readonly nodes?: NodesOptions }, links?: MemoryLink[]): Pool<M> {
    return new Pool<M>({ ...options, nodes: { url: 'redis://127.0.0.1', name: 'test', ...options.nodes } }, this.seams(links));
  }

  /** All that runs. */
  async close(): Promise<void> {
    await Promise.all(this.#nodes.map(({ agent: one }) => one.stop()));
  }
}

/** Makes clusters that are closed after the tests of the file or the story that asks for them. */
export function clusters(): () => Cluster {
  const made: Cluster[] = [];
  after(() => Promise.all(made.map((one) => one.close())));
  return () => {
    const one = new Cluster();
    made.push(one);
    return one;
  };
}
