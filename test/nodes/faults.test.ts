import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Pool, type PoolEvents } from '../../src/index.ts';
import { listNodes } from '../../src/node/index.ts';
import { nextEvent, turn } from '../next-event.ts';
import { further, oneIn } from '../soak.ts';
import { NodeProgram } from './node-program.ts';
import { hasRedis, LINKS, RedisServer } from './redis-server.ts';

const it = oneIn(3, import.meta.url);

type Tasks = typeof import('../fixtures/node-tasks.js');
const filename = new URL('../fixtures/node-tasks.js', import.meta.url);

test(`nodes die over links ${LINKS}`, () => {});

describe('nodes as programs, through Redis', { skip: hasRedis ? false : 'redis-server is not on the path' }, () => {
  let server: RedisServer;
  const programs: NodeProgram[] = [];
  const node = async (...flags: string[]): Promise<NodeProgram> => {
    const program = await NodeProgram.start(server.url, filename, ...flags);
    programs.push(program);
    return program;
  };
  const poolOf = (name: string, more: object = {}): Pool<Tasks> =>
    new Pool<Tasks>({ filename, threads: 2, spares: 0, nodes: { url: server.url, name }, ...more });
  before(async () => {
    server = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
  });
  after(async () => {
    for (const program of programs) {
      program.kill('SIGCONT');
      program.kill('SIGKILL');
    }
    await Promise.all(programs.map((program) => program.ended()));
    await server.stop();
  });

  further('kill -9: gone, and its work is done elsewhere', async () => {
    const [first] = [await node('--name', 'kill')];
    await using pool = poolOf('kill');
    await pool.ready();
    const begun = new Promise<void>((resolve) => {
      void pool.run(4, { name: 'slow', onProgress: () => resolve() }).then((value) => {
        result = value;
        settle();
      });
    });
    let result = 0;
    let settle!: () => void;
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    await begun;
    const down = nextEvent(pool, 'nodeDown');
    first.kill('SIGKILL');
    assert.equal((await down).reason, 'gone');
    await node('--name', 'kill');
    await settled;
    assert.equal(result, 8);
  });

  further('SIGSTOP, then SIGCONT: silent, fenced, and back as another session', async () => {
    const frozen = await node('--name', 'stop');
    await using pool = poolOf('stop', { nodes: { url: server.url, name: 'stop', silence: 1_000 } });
    await pool.ready();
    const down = nextEvent(pool, 'nodeDown');
    frozen.kill('SIGSTOP');
    assert.equal((await down).reason, 'silent');
    const result = pool.run(5);
    const up = nextEvent(pool, 'nodeUp');
    frozen.kill('SIGCONT');
    assert.equal((await up).node, frozen.id);
    assert.equal(await result, 10);
    assert.match(frozen.said, /session-ended/);
  });

  further('Redis frozen, then killed and back: no node dies, nothing is lost', async () => {
    await node('--name', 'frozen');
    await using pool = poolOf('frozen');
    await pool.ready();
    const downs: PoolEvents['nodeDown'][] = [];
    pool.on('nodeDown', (event) => downs.push(event));
    const runs = Array.from({ length: 6 }, (_, i) => pool.run(300 + i, { name: 'wait' }));
    server.freeze();
    await nextEvent(pool, 'brokerLost');
    server.thaw();
    await nextEvent(pool, 'brokerBack');
    assert.deepEqual(await Promise.all(runs), [300, 301, 302, 303, 304, 305]);
    const again = Array.from({ length: 6 }, (_, i) => pool.run(300 + i, { name: 'wait' }));
    await server.kill();
    await nextEvent(pool, 'brokerLost');
    await server.start();
    assert.deepEqual(await Promise.all(again), [300, 301, 302, 303, 304, 305]);
    assert.deepEqual(downs, []);
    assert.equal(pool.stats().threadStarts, 2);
    assert.equal(pool.stats().retries, 0);
  });

  it('Ctrl-C: what runs ends, and the node with it; nothing is left in Redis', async () => {
    const one = await node('--name', 'drain');
    const pool = poolOf('drain');
    await pool.ready();
    const listed = async () =>
      (await listNodes({ url: server.url, name: 'drain' })).map(({ id, threads, used }) => ({ id, threads, used }));
    // How many threads are lent stands in the next beat.
    while ((await listed())[0]?.used !== 2) await turn();
    assert.deepEqual(await listed(), [{ id: one.id, threads: 2, used: 2 }]);
    const down = nextEvent(pool, 'nodeDown');
    const run = pool.run(3, { name: 'slow', onProgress: () => one.kill('SIGINT') });
    assert.equal(await run, 6);
    assert.equal((await down).reason, 'left');
    assert.equal(await one.ended(), 0);
    await pool.close();
    assert.deepEqual(await listNodes({ url: server.url, name: 'drain' }), []);
  });

  further('goes on when nobody reads its log any more', async () => {
    const one = await node('--name', 'deaf');
    one.deafen();
    await using pool = poolOf('deaf');
    await pool.ready(); // Of which it tells.
    await using other = poolOf('deaf', { threads: 1 });
    const waits = other.run(2);
    await pool.close();
    assert.equal(await waits, 4);
  });

  further('another task module: refused, with both values', async () => {
    await node('--name', 'other', '--version', '2');
    await using pool = poolOf('other', { nodes: { url: server.url, name: 'other', version: '1' } });
    const { reason, error } = await nextEvent(pool, 'nodeDown');
    assert.equal(reason, 'refused');
    assert.match(error.message, /another version: the pool has 1, the node has 2/);
  });
});
