import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { systemClock } from '../../../src/core/time/system-clock.ts';
import { putInPieces, takeInPieces } from '../../../src/executors/nodes/link/pieces.ts';
import { RedisReader } from '../../../src/executors/nodes/link/redis-reader.ts';
import { Outbox } from '../../../src/executors/nodes/outbox.ts';
import { hasRedis, RedisServer } from '../redis-server.ts';

const MIB = 1_048_576;

describe('a large value, over a line that may be slow', () => {
  it('is put beside its channel while beats go on, and what is behind it waits', async () => {
    const sent: number[] = [];
    let put!: () => void;
    let frames!: () => void;
    const link = {
      put: () => new Promise<void>((resolve) => (put = resolve)),
      send: async (_: string, number: number) => {
        sent.push(number);
        frames?.();
        return 'sent' as const;
      },
    };
    const outbox = new Outbox<string>({
      link: link as never,
      clock: systemClock,
      session: 's',
      channel: 'c',
      ttl: 1_000,
      key: String,
      ack: () => 0,
      marks: () => [],
      gone: () => {},
      sent: () => {},
    });
    const next = (): Promise<void> => new Promise((resolve) => (frames = resolve));
    const [large, small] = [outbox.post('large', new Uint8Array(2 * MIB)), outbox.post('small')];
    let first = next();
    outbox.beat();
    await first;
    first = next();
    outbox.beat();
    await first;
    assert.deepEqual([sent, large.frame, small.frame], [[1, 2], undefined, undefined]);
    const flushed = outbox.flushed();
    put();
    await flushed;
    assert.deepEqual([sent, large.frame, small.frame], [[1, 2, 3], 3, 3]);
  });

  it('is read a frame at a time, where frames are large', async () => {
    const counts: number[] = [];
    const sizes = [[10], [MIB, MIB], [MIB / 4], []];
    let at = 0;
    await new Promise<void>((resolve) => {
      const xreadgroupBuffer = async (...args: unknown[]): Promise<unknown> => {
        counts.push(args[args.indexOf('COUNT') + 1] as number);
        const frames = sizes.shift();
        if (frames === undefined) return new Promise(() => resolve());
        return frames.length === 0
          ? null
          : [['key', frames.map((size) => [Buffer.from(`${++at}-0`), [Buffer.from('f'), Buffer.alloc(size)]])]];
      };
      const client = { xreadgroupBuffer, on: () => {}, once: () => {} };
      const host = {
        key: 'key',
        client: client as never,
        commands: {} as never,
        numbered: true,
        failed: () => {},
        since: () => 0,
        at: '',
      };
      new RedisReader(host, { frame: () => {}, gone: () => {} });
    });
    assert.deepEqual(counts, [64, 64, 1, 4, 64]);
  });

  describe('through Redis', { skip: hasRedis ? false : 'redis-server is not on the path' }, () => {
    let server: RedisServer;
    let redis: Redis;
    const bytes = new Uint8Array(randomBytes(3 * MIB + 17));
    before(async () => {
      server = await RedisServer.start();
      redis = new Redis(server.url, { protocol: 2 });
    });
    after(async () => {
      redis.disconnect();
      await server.stop();
    });

    it('travels in pieces, between which others are served', async () => {
      let longest = 0;
      const { sendCommand } = redis;
      redis.sendCommand = function (this: Redis, command, ...rest) {
        longest = Math.max(longest, ...command.args.map((arg) => (arg as { length?: number }).length ?? 0));
        return sendCommand.call(this, command, ...rest);
      };
      await putInPieces(redis, 'value', bytes, 60_000);
      redis.sendCommand = sendCommand;
      assert.ok(longest <= MIB / 4, `${longest} bytes in one command`);
      assert.deepEqual(await takeInPieces(redis, 'value'), bytes);
      assert.ok((await redis.pttl('value')) > 0);
      assert.equal(await takeInPieces(redis, 'nothing'), undefined);
    });

    it('lies there as it should, even if it was lost half way, or a piece came twice', async () => {
      for (const harm of [() => redis.del('value'), () => redis.append('value', 'twice')]) {
        const put = putInPieces(redis, 'value', bytes, 60_000);
        await harm();
        await put;
        assert.deepEqual(await takeInPieces(redis, 'value'), bytes);
      }
      const taken = takeInPieces(redis, 'value');
      await redis.set('value', 'short');
      assert.equal(await taken, undefined, 'part of it is lost');
    });
  });
});
