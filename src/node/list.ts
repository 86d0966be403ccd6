import { BrokerError } from '../core/broker/broker-error.ts';
import { parseBrokerUrl } from '../core/broker/broker-url.ts';
import { RedisLink } from '../executors/nodes/link/redis-link.ts';
import { cardOf } from '../executors/nodes/protocol-check.ts';
import { nodeName } from '../options/nodes.ts';
import { brokerUrlOf } from './options.ts';

/** A node as it announces itself. */
export interface ListedNode {
  /** Host, process and a random part. */
  readonly id: string;
  /** Name of the machine. */
  readonly host: string;
  /** Number of its process there. */
  readonly pid: number;
  /** What copies of a task do not share. */
  readonly domain: string;
  /** Where its tasks run. */
  readonly isolation: 'thread' | 'process';
  /** Threads that it lends. */
  readonly threads: number;
  /** Those of them that work for a pool. */
  readonly used: number;
  /** Pools that it serves. */
  readonly sessions: number;
  /** Whether it takes new pools; one that drains does not. */
  readonly open: boolean;
}

/** Milliseconds in which the broker must answer. */
const ANSWER = 5_000;

/**
 * The nodes that a Redis knows of.
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`
 * @throws {BrokerError} `ERR_BROKER_LOST`, `ERR_BROKER_REFUSED`, `ERR_BROKER_UNFIT`
 */
export async function listNodes({ url, name = 'default' }: { readonly url?: string; readonly name?: string } = {}): Promise<ListedNode[]> {
  const link = new RedisLink(parseBrokerUrl(brokerUrlOf(url)));
  const group = nodeName(name, 'name');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `The broker has not answered within ${ANSWER} ms. Is Redis running, and can it be reached from here?`;
    timer = setTimeout(() => reject(link.trouble ?? new BrokerError('ERR_BROKER_LOST', message, { lasting: false })), ANSWER);
  });
  try {
    return await Promise.race([read(link, group), late]);
  } finally {
    clearTimeout(timer);
    await link.close();
  }
}

async function read(link: RedisLink, name: string): Promise<ListedNode[]> {
  await link.open();
  const found: ListedNode[] = [];
  for (const id of await link.nodes(name)) {
    const card = cardOf(await link.card(name, id));
    if (card === undefined) continue; // It has gone, and what it had announced has expired.
    const { host, pid, domain, isolation, threads, used, sessions, open } = card;
    found.push({ id, host, pid, domain, isolation, threads, used, sessions, open });
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}
