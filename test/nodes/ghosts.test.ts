import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { parseBrokerUrl } from '../../src/core/broker/broker-url.ts';
import { systemClock } from '../../src/core/time/system-clock.ts';
import type { Link } from '../../src/executors/nodes/link/link.ts';
import { MemoryBroker } from '../../src/executors/nodes/link/memory-broker.ts';
import { MemoryLink } from '../../src/executors/nodes/link/memory-link.ts';
import { RedisLink } from '../../src/executors/nodes/link/redis-link.ts';
import { turn } from '../next-event.ts';
import { hasRedis, RedisServer } from './redis-server.ts';
import { executor, NODES } from './stage.ts';

/** A node that died while no pool looked is found by its old beat, which stands in the list for as long as others beat. */
async function isStruckOut(link: () => Link): Promise<void> {
  const broker = link();
  const names = async (): Promise<string[]> => (await broker.watch(NODES.name)).map(({ node }) => node).sort();
  const announce = (node: string, ttl: number): Promise<void> => broker.announce(NODES.name, node, '1', new Uint8Array([1]), ttl);
  await Promise.all([announce('ghost', 100), announce('living', 60_000)]);
  while ((await broker.card(NODES.name, 'ghost')) !== undefined) await turn();
  assert.deepEqual(await names(), ['ghost', 'living'], 'the living keep the list');
  const nodes = executor(link());
  while ((await names()).includes('ghost')) await turn();
  assert.deepEqual(await names(), ['living']);
  await nodes.close();
  await broker.close();
}

describe('a node that died while nobody looked is struck out by the pool that finds it', () => {
  it('in memory', async () => {
    const broker = new MemoryBroker(systemClock);
    await isStruckOut(() => new MemoryLink(broker, systemClock));
  });

  it('in Redis', { skip: !hasRedis }, async () => {
    const server = await RedisServer.start();
    after(() => server.stop());
    await isStruckOut(() => new RedisLink(parseBrokerUrl(server.url)));
  });
});
