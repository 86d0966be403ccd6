import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { parseBrokerUrl } from '../../src/core/broker/broker-url.ts';
import { brokerError, unfit } from '../../src/executors/nodes/link/broker-errors.ts';
import { RedisLink } from '../../src/executors/nodes/link/redis-link.ts';
import { Pool } from '../../src/index.ts';
import { type Node, startNode } from '../../src/node/index.ts';
import { nextEvent } from '../next-event.ts';
import { hasRedis, RedisServer } from './redis-server.ts';

const filename = new URL('../fixtures/node-tasks.js', import.meta.url);

describe('what is wrong with a broker', () => {
  it('is said of a URL without its password', () => {
    for (const text of ['http://user:secret@host', 'redis//user:secret@host', 'redis://user:secret@host/x', ''])
      assert.throws(
        () => parseBrokerUrl(text),
        (error: Error & { code: string }) => error.code === 'ERR_INVALID_OPTION' && !error.message.includes('secret'),
      );
    assert.equal(parseBrokerUrl('rediss://user:secret@host/2').shown, 'rediss://user@host:6379/2');
  });

  it('is said of a URL that means something else than it seems to, or that nobody reads', () => {
    for (const text of [
      'redis://user:1/secret@host',
      'redis://user:1#secret@host',
      'redis://user:1?secret@host',
      'redis://user:secret%@host',
      'redis://host?password=secret',
      'redis://host/?db=2',
      'redis://host/1e1',
      'redis://host/0x1',
    ])
      assert.throws(
        () => parseBrokerUrl(text),
        (error: Error & { code: string }) => error.code === 'ERR_INVALID_OPTION' && !error.message.includes('secret'),
        text,
      );
    assert.throws(() => parseBrokerUrl('redis://user:1/secret@host'), /is written as in %2F/);
    const { username, password, host, db } = parseBrokerUrl(' redis://a%40b:p%2Fw%25@[::1]:1/3 ');
    assert.deepEqual({ username, password, host, db }, { username: 'a@b', password: 'p/w%', host: '::1', db: 3 });
  });

  it('says what to do, and whether to wait helps', () => {
    const cases: readonly (readonly [said: string, code: string, lasting: boolean])[] = [
      ['WRONGPASS invalid username-password pair or user is disabled.', 'ERR_BROKER_REFUSED', true],
      ['NOAUTH Authentication required.', 'ERR_BROKER_REFUSED', true],
      ["NOPERM this user has no permissions to run the 'xadd' command", 'ERR_BROKER_REFUSED', true],
      ["READONLY You can't write against a read only replica.", 'ERR_BROKER_UNFIT', false],
      ["OOM command not allowed when used memory > 'maxmemory'.", 'ERR_BROKER_UNFIT', false],
      ['MISCONF Redis is configured to save RDB snapshots', 'ERR_BROKER_UNFIT', false],
      ['NOREPLICAS Not enough good replicas to write.', 'ERR_BROKER_UNFIT', false],
      ['LOADING Redis is loading the dataset in memory', 'ERR_BROKER_LOST', false],
      ['BUSY Redis is busy running a script.', 'ERR_BROKER_LOST', false],
      ['ERR max number of clients reached', 'ERR_BROKER_UNFIT', false],
      ['WRONGTYPE Operation against a key holding the wrong kind of value', 'ERR_BROKER_UNFIT', false],
      ['MOVED 3999 127.0.0.1:6381', 'ERR_BROKER_UNFIT', true],
      ["ERR unknown command 'XADD'", 'ERR_BROKER_UNFIT', true],
      ['Protocol error, got "H" as reply type byte', 'ERR_BROKER_UNFIT', true],
      ['ERR DB index is out of range', 'ERR_BROKER_UNFIT', true],
      ['it closed the connection', 'ERR_BROKER_LOST', false],
      ['connect ECONNREFUSED 127.0.0.1:1', 'ERR_BROKER_LOST', false],
      ['getaddrinfo ENOTFOUND nowhere', 'ERR_BROKER_LOST', false],
    ];
    for (const [said, code, lasting] of cases) {
      const error = brokerError(new Error(said), 'redis://host:6379');
      assert.deepEqual({ code: error.code, lasting: error.lasting }, { code, lasting }, said);
      assert.match(error.message, /^The broker redis:\/\/host:6379 .*\. It said: |\? It said: /);
    }
    assert.match(brokerError(new Error('connect ETIMEDOUT'), 'rediss://host:6379').message, /does it speak TLS at this port\?/);
    const reply = Object.assign(new Error('ERR something new'), { name: 'ReplyError' });
    assert.match(brokerError(reply, 'redis://host:6379').message, /does not do what nodes need\. It said: ERR something new/);
    assert.match(unfit('redis_version:6.2.1\r\n', 'r')!.message, /is Redis 6\.2\.1\. Nodes need 7\.0/);
    assert.match(
      unfit('redis_version:7.2.1\r\nmaxmemory:100\r\nmaxmemory_policy:allkeys-lru\r\n', 'r')!.message,
      /maxmemory-policy allkeys-lru/,
    );
    assert.match(unfit('redis_version:7.2.1\r\nrole:slave\r\nslave_read_only:1\r\n', 'r')!.message, /replica/);
    assert.equal(unfit('redis_version:7.2.1\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\nrole:master\r\n', 'r'), undefined);
  });

  it('fails a pool within brokerTimeout where there is none, and a node as well', async () => {
    const url = 'redis://user:secret@127.0.0.1:1';
    const pool = new Pool({ filename, threads: 1, nodes: { url, brokerTimeout: 600 } });
    const causes: Error[] = [];
    await assert.rejects(pool.run(1), (error: Error & { code: string }) => {
      causes.push(error, error.cause as Error);
      return error.code === 'ERR_POOL_FAILED';
    });
    await pool.close();
    await assert.rejects(startNode({ url, filename, brokerTimeout: 600 }), (error: Error) => {
      causes.push(error);
      return true;
    });
    for (const { message } of causes) assert.match(message, /127\.0\.0\.1:1 is not there/);
    for (const { message } of causes) assert.doesNotMatch(message, /secret/);
  });

  describe('by Redis itself', { skip: hasRedis ? false : 'redis-server is not on the path' }, () => {
    let guarded: RedisServer;
    let forgetful: RedisServer;
    before(async () => {
      guarded = await RedisServer.start('--requirepass', 'right');
      forgetful = await RedisServer.start('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru');
    });
    after(() => Promise.all([guarded.stop(), forgetful.stop()]));

    const causeOf = async (url: string): Promise<Error & { code: string }> => {
      const pool = new Pool({ filename, threads: 1, nodes: { url, brokerTimeout: 20_000 } });
      try {
        await pool.run(1);
        throw new Error('it ran');
      } catch (error) {
        return (error as { cause: Error & { code: string } }).cause;
      } finally {
        await pool.close();
      }
    };

    it('a wrong password, and none where one is needed', async () => {
      for (const url of [`redis://:wrong@127.0.0.1:${guarded.port}`, `redis://127.0.0.1:${guarded.port}`]) {
        const { code, message } = await causeOf(url);
        assert.equal(code, 'ERR_BROKER_REFUSED', message);
        assert.doesNotMatch(message, /wrong@/);
      }
    });

    it('a database that it does not have', async () => {
      const { code, message } = await causeOf(`redis://:right@127.0.0.1:${guarded.port}/99`);
      assert.equal(code, 'ERR_BROKER_UNFIT');
      assert.match(message, /does not have the database that its URL names/);
    });

    describe('a right that is missing for what is seldom asked', () => {
      const rights = '~holdfast:* +@all -@dangerous +info';
      const admin = (): Redis => new Redis(guarded.url, { protocol: 2, password: 'right' });
      const urlOf = async (user: string, ...without: string[]): Promise<string> => {
        const redis = admin();
        await redis.call('ACL', 'SETUSER', user, 'on', '>secret', ...rights.split(' '), ...without);
        redis.disconnect();
        return guarded.url.replace('//', `//${user}:secret@`);
      };

      it('fails a pool at once', async () => {
        const node = await startNode({ url: await urlOf('whole'), filename, threads: 1, isolation: 'thread', beat: 50 });
        const { code, message } = await causeOf(await urlOf('deaf', '-xreadgroup'));
        assert.equal(code, 'ERR_BROKER_REFUSED');
        assert.match(message, /does not let this user do what nodes need.*'xreadgroup'/);
        await node.stop();
      });

      for (const command of ['xreadgroup', 'xadd'])
        it(`ends a node at once, which says so: ${command}`, async () => {
          const url = await urlOf(command, `-${command}`);
          const node = await startNode({ url, filename, threads: 1, isolation: 'thread', beat: 50 });
          const pool = new Pool({ filename, threads: 1, nodes: { url: await urlOf('whole'), silence: 300 } });
          await assert.rejects(node.ended, (error: Error) => error.message.includes(`'${command}'`));
          await pool.close({ force: true });
        });
    });

    it('something else where a channel was: the channel is gone', async () => {
      const redis = new Redis(forgetful.url, { protocol: 2 });
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      const link = new RedisLink(parseBrokerUrl(forgetful.url));
      await redis.set('holdfast:channel', 'something else');
      assert.equal(await link.send('channel', 1, new Uint8Array(1)), 'gone');
      await new Promise<void>((gone) => link.receive('channel', { frame: () => {}, gone }));
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      redis.disconnect();
      await link.close();
    });

    describe('that takes no writes any more', () => {
      let server: RedisServer;
      let admin: Redis;
      let node: Node;
      before(async () => {
        server = await RedisServer.start();
        admin = new Redis(server.url, { protocol: 2 });
        node = await startNode({ url: server.url, filename, threads: 2, isolation: 'thread', beat: 50 });
      });
      after(async () => {
        await node.stop();
        admin.disconnect();
        await server.stop();
      });
      const poolOf = (brokerTimeout: number) =>
        new Pool<typeof import('../fixtures/node-tasks.js')>({
          filename,
          threads: 2,
          spares: 0,
          nodes: { url: server.url, silence: 300, brokerTimeout },
        });

      it('is full for a while: no node is lost, and all goes on where there is room again', async () => {
        await using pool = poolOf(30_000);
        await pool.ready();
        const downs: unknown[] = [];
        pool.on('nodeDown', (event) => downs.push(event));
        const lost = nextEvent(pool, 'brokerLost');
        await admin.config('SET', 'maxmemory', '1');
        const result = pool.run(7);
        assert.match(((await lost).error as Error).message, /is full\. Raise its maxmemory/);
        await admin.config('SET', 'maxmemory', '0');
        assert.equal(await result, 14);
        assert.deepEqual(downs, []);
        assert.equal(pool.stats().threadStarts, 2);
      });

      it('has become a replica: the pool fails within brokerTimeout, and says what to do', async () => {
        const pool = poolOf(1_500);
        await pool.ready();
        await admin.call('REPLICAOF', '127.0.0.1', '1');
        await assert.rejects(pool.run(1), (error: Error) => {
          const { code, message } = error.cause as Error & { code: string };
          assert.match(message, /is a replica, which takes no writes\. Name the primary/);
          return code === 'ERR_BROKER_UNFIT';
        });
        await pool.close();
        await admin.call('REPLICAOF', 'NO', 'ONE');
      });
    });

    it('a policy that drops keys', async () => {
      const { code, message } = await causeOf(forgetful.url);
      assert.equal(code, 'ERR_BROKER_UNFIT');
      assert.match(message, /Set maxmemory-policy noeviction/);
    });
  });
});
