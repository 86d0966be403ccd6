import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Redis } from 'ioredis';
import { Pool, type PoolEvents } from '../../../src/index.ts';
import { type Node, type NodeNews, startNode } from '../../../src/node/index.ts';
import { turn } from '../../next-event.ts';
import { oneIn } from '../../soak.ts';
import { hasRedis, RedisServer } from '../redis-server.ts';

const it = oneIn(4, import.meta.url);

type Tasks = typeof import('../../fixtures/node-tasks.js');
const filename = new URL('../../fixtures/node-tasks.js', import.meta.url);

/** Connections of the one who watches, of a node, and of a pool that has heard of no node. */
const [ADMIN, NODE, POOL] = [1, 2, 1];

describe('a Redis that is short of connections', { skip: hasRedis ? false : 'redis-server is not on the path' }, () => {
  let server: RedisServer;
  let admin: Redis;
  const nodes: Node[] = [];
  const allow = (connections: number) => admin.config('SET', 'maxclients', String(connections));
  const until = async (connections: number): Promise<void> => {
    while (
      String(await admin.client('LIST'))
        .trim()
        .split('\n').length !== connections
    )
      await turn();
  };
  const start = async (name: string, onNews?: (news: NodeNews) => void): Promise<void> => {
    nodes.push(await startNode({ url: server.url, name, filename, threads: 2, isolation: 'thread', beat: 50, onNews }));
  };
  const poolOf = (name: string, limits: { readonly brokerTimeout?: number; readonly silence?: number } = {}) =>
    new Pool<Tasks>({ filename, threads: 2, spares: 0, nodes: { url: server.url, name, silence: 500, brokerTimeout: 30_000, ...limits } });
  before(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url, { protocol: 2 });
    await admin.ping();
  });
  after(async () => {
    await allow(1_000);
    await Promise.all(nodes.map((node) => node.stop()));
    admin.disconnect();
    await server.stop();
  });

  it('has none for what a pool reads: it fails within brokerTimeout, and says what to do', async () => {
    await allow(1_000);
    await start('pool');
    await until(ADMIN + NODE);
    await allow(ADMIN + NODE + POOL);
    const pool = poolOf('pool', { brokerTimeout: 2_000 });
    await assert.rejects(pool.run(1), (error: Error) => {
      const { code, message } = error.cause as Error & { code: string };
      assert.match(message, /takes no more connections\. Raise its maxclients/);
      return code === 'ERR_BROKER_UNFIT';
    });
    await pool.close();
    await allow(1_000);
    await nodes.pop()!.stop();
  });

  it('has none for what a node reads: it says so, and serves when there is one', async () => {
    await until(ADMIN);
    await allow(ADMIN + NODE - 1);
    let told!: (news: NodeNews) => void;
    const lost = new Promise<NodeNews>((resolve) => {
      told = resolve;
    });
    await start('node', (news) => news.state === 'lost' && told(news));
    assert.match((await lost).detail, /takes no more connections\. Raise its maxclients/);
    await allow(1_000);
    await using pool = poolOf('node');
    assert.equal(await pool.run(2), 4);
  });

  it('keeps no reply as large as a frame: it fails within brokerTimeout, and says what to do', async () => {
    await start('kept');
    // Longer than a node that is not heard of by its pool waits for it.
    const pool = poolOf('kept', { brokerTimeout: 4_000 });
    await pool.ready();
    await admin.config('SET', 'client-output-buffer-limit', 'normal 300000 0 0');
    await assert.rejects(pool.run(900_000, { name: 'large' }), (error: Error) => {
      assert.match((error.cause as Error).message, /client-output-buffer-limit normal must be 0, or 4mb and more/);
      return true;
    });
    await pool.close();
    await admin.config('SET', 'client-output-buffer-limit', 'normal 0 0 0');
  });

  it('ends all connections: nothing is lost, and no node', async () => {
    await start('ended');
    // How long it takes to connect anew is a matter of the machine.
    await using pool = poolOf('ended', { silence: 60_000 });
    const downs: PoolEvents['nodeDown'][] = [];
    pool.on('nodeDown', (event) => downs.push(event));
    await pool.ready();
    const runs = Promise.all([300, 301, 302, 303].map((ms) => pool.run(ms, { name: 'wait' })));
    for (let n = 0; n < 3; n++) {
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await pool.run(n);
    }
    assert.deepEqual(await runs, [300, 301, 302, 303]);
    assert.deepEqual(downs, []);
  });
});
