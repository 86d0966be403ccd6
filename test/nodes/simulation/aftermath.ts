import type { PoolEvents } from '../../../src/core/events.ts';
import type { Ground } from './ground.ts';
import type { SimNode } from './sim-node.ts';
import type { Start } from './truth.ts';

/** A node whose results were found wrong this often is out of service. */
const CONVICTIONS = 2;

/** What must not go on any more: runs of a session that is over, where the node can have heard of it; and work of a node that is out of service. */
export class Aftermath {
  readonly #world: Ground;
  /** Where each thread lives that has begun something, and when the pool told that it was lost with its node. */
  readonly #homes = new Map<number, SimNode>();
  readonly #lostAt = new Map<number, number>();
  readonly #convictions = new Map<SimNode, number>();

  constructor(world: Ground) {
    this.#world = world;
  }

  threadEnded({ threadId, reason }: PoolEvents['workerExit']): void {
    const home = this.#homes.get(threadId);
    if (reason === 'node') this.#lostAt.set(threadId, this.#world.now);
    else if (reason === 'outvoted' && home !== undefined) this.#convictions.set(home, (this.#convictions.get(home) ?? 0) + 1);
  }

  /** Whether it went with its node: whatever it has done since its last message nobody will hear of. */
  wasLost({ threadId }: Start): boolean {
    return this.#lostAt.has(threadId);
  }

  began(node: SimNode, threadId: number): string | undefined {
    this.#homes.set(threadId, node);
    const convictions = this.#convictions.get(node) ?? 0;
    // Of a node with one thread the pool has told of every one that was convicted before the next begins.
    return convictions >= CONVICTIONS && node.kind.threads === 1
      ? `runs on node ${node.number}, which was convicted ${convictions} times`
      : undefined;
  }

  /** A run has ended, or is looked at. @returns why it should have been ended before */
  lingers({ node, threadId }: Start): string | undefined {
    const { now, climate, troubledAt } = this.#world;
    const lostAt = this.#lostAt.get(threadId);
    if (lostAt === undefined || node.state === 'dead' || node.ailments > 0) return undefined;
    // What the pool asks of the broker in order to lose a node it asks within this time before it tells.
    if (troubledAt > lostAt - 2 * climate.nodes.silence) return undefined;
    const since = Math.max(lostAt, node.impairedAt);
    const bound = 6 * climate.latency + 10;
    return now - since > bound ? `ran for ${Math.round(now - since)} ms when its node could know that its session was over` : undefined;
  }
}
