import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { parseBrokerUrl } from '../../src/core/broker/broker-url.ts';
import type { Executor, ExecutorThread, ThreadEvents } from '../../src/executors/executor.ts';
import { RedisLink } from '../../src/executors/nodes/link/redis-link.ts';
import { hasRedis, LINKS, RedisServer } from '../nodes/redis-server.ts';
import { agent, executor } from '../nodes/stage.ts';
import { conformance } from './conformance.ts';
import { settingsFor } from './settings.ts';

test(`nodes are tested over links ${LINKS}`, () => {});

/** What a user of nodes may do: the words of the line that the docs give. */
function rights(): readonly string[] {
  const page = readFileSync(new URL('../../../docs/nodes.md', import.meta.url), 'utf8');
  return /^user (holdfast .*>secret .*)$/m.exec(page)![1]!.split(' ');
}

if (hasRedis) {
  let server: RedisServer;
  let names = 0;
  before(async () => {
    server = await RedisServer.start('--user', ...rights());
  });
  after(async () => {
    const redis = new Redis(server.url, { protocol: 2 });
    const refused = (await redis.acl('LOG')) as readonly unknown[];
    redis.disconnect();
    await server.stop();
    assert.deepEqual(refused, [], 'the rights in the docs suffice');
  });
  const link = (): RedisLink => new RedisLink(parseBrokerUrl(server.url.replace('://', '://holdfast:secret@')));
  conformance({
    name: 'threads of a node, over Redis',
    create: (filename): Executor => {
      const name = `conformance-${++names}`;
      const node = agent(link(), { name, filename: settingsFor(filename).filename!, isolation: 'thread' });
      const nodes = executor(link(), filename, { name });
      return {
        start: (events: ThreadEvents): ExecutorThread => nodes.start(events),
        close: async () => {
          await nodes.close();
          await (await node).stop();
        },
      };
    },
  });
}
