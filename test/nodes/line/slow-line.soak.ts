import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../../src/index.ts';
import { NodeProgram } from '../node-program.ts';
import { hasRedis, RedisServer } from '../redis-server.ts';
import { Network } from '../rows/network.ts';

type Tasks = typeof import('../../fixtures/node-tasks.js');
const filename = new URL('../../fixtures/node-tasks.js', import.meta.url);

const BYTES = 40_000_000;

for (const who of ['pool', 'node'] as const) {
  test(`a ${who} behind a line of 8 MB a second: values of 40 MB pass, and no node is lost`, { skip: !hasRedis }, async (t) => {
    const server = await RedisServer.start();
    const line = await Network.to(server.port, 8_000);
    const node = await NodeProgram.start(who === 'node' ? line.url : server.url, filename);
    const pool = new Pool<Tasks>({ filename, threads: 2, spares: 0, nodes: { url: who === 'pool' ? line.url : server.url } });
    t.after(async () => {
      await pool.close({ force: true });
      node.kill('SIGKILL');
      await node.ended();
      line.close();
      await server.stop();
    });
    const lost: string[] = [];
    pool.on('nodeDown', ({ reason }) => lost.push(reason));
    await pool.ready();
    assert.equal((await pool.run(BYTES, { name: 'large' })).length, BYTES);
    assert.equal(await pool.run(new Uint8Array(BYTES), { name: 'sizeOf' }), BYTES);
    assert.deepEqual([lost, pool.stats().threadStarts, pool.stats().retries], [[], 2, 0]);
  });
}
