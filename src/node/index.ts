import { parseBrokerUrl } from '../core/broker/broker-url.ts';
import { systemClock } from '../core/time/system-clock.ts';
import { Agent } from '../executors/nodes/agent/agent.ts';
import { RedisLink } from '../executors/nodes/link/redis-link.ts';
import { type NodeNews, type NodeOptions, resolveNode } from './options.ts';

export { type ListedNode, listNodes } from './list.ts';
export type { NodeNews, NodeOptions } from './options.ts';

/** A node that runs in this program. */
export interface Node {
  /** Host, process and a random part: each start of a node has another. */
  readonly id: string;
  /** Threads that work for pools now, of those that are lent. */
  readonly used: number;
  /** Pools that it serves. */
  readonly sessions: number;
  /** Resolves when it has ended, in order or by `stop`. @throws {BrokerError} if the broker lets it in no more */
  readonly ended: Promise<void>;
  /** Takes no more work, and ends when what it has is done. */
  drain(): Promise<void>;
  /** Ends now: what runs is ended, and runs again elsewhere. */
  stop(): Promise<void>;
}

/**
 * Lends threads of this machine to pools with the option `nodes`, as `holdfast node` does. It keeps the program alive until it has ended.
 * @returns when pools can find it
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`
 * @throws {BrokerError} `ERR_BROKER_LOST`, `ERR_BROKER_REFUSED`, `ERR_BROKER_UNFIT`
 * @throws {NotInstalledError} `ERR_NOT_INSTALLED`: the package `ioredis` is missing
 */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { url, onNews, ...settings } = resolveNode(options);
  const told = (news: NodeNews): void => onNews?.(news);
  let end!: { resolve(): void; reject(error: unknown): void };
  const ended = new Promise<void>((resolve, reject) => {
    end = { resolve, reject };
  });
  ended.catch(() => {}); // A caller that wants to know awaits it.
  const link = new RedisLink(parseBrokerUrl(url));
  const agent = new Agent(
    { ...settings, link, clock: systemClock },
    {
      session: (id, state, why) => told({ about: 'session', state, detail: why === '' ? id : `${id}: ${why}` }),
      broker: (state, error) => told({ about: 'broker', state, detail: error instanceof Error ? error.message : '' }),
      failed: (error) => end.reject(error),
    },
  );
  await agent.start();
  return {
    id: agent.id,
    get used() {
      return agent.used;
    },
    get sessions() {
      return agent.sessions;
    },
    ended,
    drain: () => agent.drain().then(() => end.resolve()),
    stop: () => agent.stop().then(() => end.resolve()),
  };
}
