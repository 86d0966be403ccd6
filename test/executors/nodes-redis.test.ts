import { after, before, test } from 'node:test';
import { parseBrokerUrl } from '../../src/core/broker/broker-url.ts';
import type { Executor, ExecutorThread, ThreadEvents } from '../../src/executors/executor.ts';
import { RedisLink } from '../../src/executors/nodes/link/redis-link.ts';
import { hasRedis, LINKS, RedisServer } from '../nodes/redis-server.ts';
import { agent, executor } from '../nodes/stage.ts';
import { conformance } from './conformance.ts';
import { settingsFor } from './settings.ts';

test(`nodes are tested over links ${LINKS}`, () => {});

if (hasRedis) {
  let server: RedisServer;
  let names = 0;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());
  const link = (): RedisLink => new RedisLink(parseBrokerUrl(server.url));
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
