import { after, before, describe, test } from 'node:test';
import { parseBrokerUrl } from '../../src/core/broker/broker-url.ts';
import { systemClock } from '../../src/core/time/system-clock.ts';
import type { Agent } from '../../src/executors/nodes/agent/agent.ts';
import type { Link } from '../../src/executors/nodes/link/link.ts';
import { MemoryBroker } from '../../src/executors/nodes/link/memory-broker.ts';
import { MemoryLink } from '../../src/executors/nodes/link/memory-link.ts';
import { RedisLink } from '../../src/executors/nodes/link/redis-link.ts';
import { NodeExecutor } from '../../src/executors/nodes/node-executor.ts';
import { Pool } from '../../src/pool/pool.ts';
import { first } from '../soak.ts';
import { cellsOf } from '../stories/matrix/cells.ts';
import { KINDS, type Kind } from '../stories/matrix/kinds.ts';
import { cell, INNOCENTS } from '../stories/matrix/task-cell.ts';
import { MISDEEDS, whole } from '../stories/stage.ts';
import { hasRedis, LINKS, RedisServer } from './redis-server.ts';
import { agent } from './stage.ts';

test(`the settlement matrix is played on nodes over links ${LINKS}`, () => {});

let names = 0;

/** A pool on a node of its own, which has a thread for each slot and one that stands by. */
async function onNode(link: () => Link, threads: number, kind: Kind): Promise<{ pool: Pool; node: Agent }> {
  const name = `matrix-${++names}`;
  const node = await agent(link(), { name, filename: MISDEEDS.href, threads: threads + 1, isolation: 'thread' });
  const settings = { filename: MISDEEDS, threads, spares: 1, retry: { retries: 1, minTimeout: 1 }, maxQueue: INNOCENTS, ...kind.pool };
  const pool = new Pool(
    { ...settings, nodes: { url: 'redis://127.0.0.1', name } },
    {
      executor: (options, clock, _place, nodes) => {
        nodes!.executor = new NodeExecutor(
          { ...options, nodes: options.nodes!, filename: options.filename! },
          clock,
          link(),
          nodes!.events,
        );
        return nodes!.executor;
      },
    },
  );
  await pool.ready();
  return { pool, node };
}

function matrix(name: string, kinds: readonly Kind[], link: () => Link): void {
  describe(`settlement matrix on nodes, ${name}`, () => {
    for (const kind of kinds) {
      test(`a task that ${kind.fault}`, async () => {
        for (const [at, threads] of [1, 3].entries()) {
          const cells = cellsOf(KINDS.indexOf(kind)).slice(4 * at, 4 * at + 4);
          if (cells.every((one) => one === undefined)) continue;
          const { pool, node } = await onNode(link, threads, kind);
          for (let n = 0; n < 20; n++) await pool.run(n); // Until tasks travel in bundles.
          await whole(pool, threads, 1);
          for (const one of cells) if (one !== undefined) await cell(pool, kind, one);
          await pool.close();
          await node.stop();
        }
      });
    }
  });
}

const broker = new MemoryBroker(systemClock);
const SOME = ['loops forever', 'throws out of a timer', 'sends garbage on every port it can reach'];
const some = [...KINDS].sort((a, b) => Number(SOME.includes(b.fault)) - Number(SOME.includes(a.fault)));
matrix('over the link in memory', first(1, some), () => new MemoryLink(broker, systemClock));

if (hasRedis) {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());
  matrix('over Redis', first(1, some), () => new RedisLink(parseBrokerUrl(server.url)));
}
