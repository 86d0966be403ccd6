import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasRedis, LINKS } from '../redis-server.ts';
import { Sentinel } from './sentinel.ts';
import { Site, sleep } from './site.ts';

/** Something that happens to the site while it works. */
interface Row {
  readonly row: string;
  play(site: Site): Promise<void> | void;
  /** Why nodes were lost. Absent: it depends on the moment. */
  readonly down?: readonly string[];
  /** Milliseconds in which tasks come. @default 6_000 */
  readonly ms?: number;
  readonly nodes?: number;
  readonly redis?: readonly string[];
  /** Most runs beyond one a task. @default none */
  readonly again?: number;
}

/**
 * Runs beyond one a task when a node of two threads dies: a thread may have ended one task whose report nobody has heard, and have begun another.
 */
const DEAD_NODE = 2 * 2;

const AOF = ['--appendonly', 'yes', '--appendfsync', 'always'] as const;
const victim = (site: Site) => site.nodes[0]!;

const signals = ['SIGKILL', 'SIGSEGV'] as const;
const cuts = ([1_000, 3_000, 30_000] as const).flatMap((ms) =>
  ([[], ['out'], ['in']] as const).map(
    (ways): Row => ({
      row: `the network of a node is cut for ${ms / 1_000} s, ${ways.length === 0 ? 'both ways' : ways[0] === 'out' ? 'away from it' : 'towards it'}`,
      async play(site) {
        victim(site).network.cut(...ways);
        await sleep(ms);
        victim(site).network.mend();
      },
      // Results that lie at the node for longer than a moment are not waited for.
      ...(ms < 2_000 ? { down: [] } : { down: ['silent'] }),
      again: 8,
      ms: ms + 4_000,
    }),
  ),
);

const ROWS: readonly Row[] = [
  ...signals.map(
    (signal): Row => ({ row: `${signal} of a node`, play: (site) => victim(site).program.kill(signal), down: ['gone'], again: DEAD_NODE }),
  ),
  {
    row: 'SIGSTOP of a node, then SIGCONT',
    async play(site) {
      victim(site).program.kill('SIGSTOP');
      await sleep(4_000);
      victim(site).program.kill('SIGCONT');
    },
    down: ['silent'],
    ms: 8_000,
    again: DEAD_NODE,
  },
  {
    row: "an agent's loop stands still for 1.5 s, its threads go on",
    async play(site) {
      victim(site).program.kill('SIGSTOP');
      await sleep(1_500);
      victim(site).program.kill('SIGCONT');
    },
    down: [],
  },
  ...cuts,
  {
    row: 'Redis is frozen for 5 s',
    async play({ server }) {
      server.freeze();
      await sleep(5_000);
      server.thaw();
    },
    down: [],
    ms: 10_000,
  },
  {
    row: 'Redis is killed, and back after 3 s with its AOF',
    async play({ server }) {
      await server.kill();
      await sleep(3_000);
      await server.start();
    },
    redis: AOF,
    down: [],
    ms: 8_000,
  },
  {
    row: 'Redis is killed, and back after 3 s without AOF',
    async play({ server }) {
      await server.kill();
      await sleep(3_000);
      await server.start();
    },
    ms: 10_000,
    again: 24,
  },
  {
    row: "the manager's loop is blocked for 3 s",
    play: () => {
      const end = performance.now() + 3_000;
      while (performance.now() < end);
    },
    down: [],
  },
  {
    row: 'all nodes are killed at once, and others come',
    async play(site) {
      for (const { program } of [...site.nodes]) program.kill('SIGKILL');
      await site.join('--threads', '4');
    },
    down: ['gone', 'gone', 'gone'],
    ms: 8_000,
    again: 3 * DEAD_NODE,
  },
  {
    row: 'a node joins, and another leaves',
    async play(site) {
      await site.join();
      victim(site).program.kill('SIGINT');
      await victim(site).program.ended();
    },
    down: ['left'],
  },
  { row: 'there is no node at all, then one', nodes: 0, play: (site) => site.join('--threads', '6'), down: [] },
];

test(`rows of nodes over links ${LINKS}`, () => {});

for (const { row, play, down, ms = 6_000, nodes = 3, redis = [], again = 0 } of hasRedis ? ROWS : []) {
  test(`through Redis: ${row}`, async (t) => {
    const site = await Site.open(nodes, ...redis);
    try {
      if (nodes > 0) await site.pool.ready();
      const { tasks, runs, charged } = await site.load(ms, () => play(site));
      await site.whole();
      const reasons = site.down.map(({ reason }) => reason);
      t.diagnostic(`${tasks} tasks, ${runs} runs, ${charged} of them charged; nodes lost: ${reasons.join(', ') || 'none'}`);
      if (down !== undefined) assert.deepEqual(reasons, down);
      assert.ok(runs - tasks <= again, `${runs - tasks} runs beyond one a task, expected at most ${again}`);
    } finally {
      await site.close();
    }
  });
}

test('through Redis: failed over by Sentinel', { skip: !hasRedis }, async (t) => {
  const site = await Site.open(3);
  const sentinel = await Sentinel.over(site.server);
  try {
    await site.pool.ready();
    const { tasks, runs } = await site.load(14_000, async () => {
      await sentinel.isWatching();
      await site.server.kill();
      const port = await sentinel.promoted();
      for (const { network } of site.nodes) network.turn(port);
      site.network.turn(port);
    });
    await site.whole();
    t.diagnostic(`${tasks} tasks, ${runs} runs; nodes lost: ${site.down.map(({ reason }) => reason).join(', ') || 'none'}`);
    assert.ok(runs - tasks <= 24);
  } finally {
    await site.close();
    await sentinel.stop();
  }
});
