import type { SimNode } from '../simulation/sim-node.ts';
import type { World } from '../simulation/world.ts';

/** Something that happens to nodes, to what lies between them and the pool, or to the pool. */
export interface Row {
  readonly row: string;
  /** What happens, 2 s after the beginning. */
  play(world: World): void;
  /** Why nodes were lost, each as often as it was reported. Absent: it depends on the moment. */
  readonly down?: readonly string[];
  /** Milliseconds in which tasks come. @default 5_000 */
  readonly ms?: number;
  /** Only in the soak. */
  readonly dear?: boolean;
  /** Nodes at the beginning. @default 3 */
  readonly nodes?: number;
  readonly clocksApart?: number;
  /** Whether what had been given to a node may run again. */
  readonly again?: boolean;
}

/** The node on which most tasks run. */
function busiest({ nodes, witness }: World): SimNode {
  const running = (node: SimNode): number =>
    witness.truths.reduce((sum, { starts }) => sum + starts.filter((start) => start.node === node && start.fate === 'running').length, 0);
  return nodes.reduce((best, node) => (running(node) > running(best) ? node : best));
}

/** The network is cut for this time: long enough for the node to be missed. */
const cuts = ([1_000, 3_000, 30_000] as const).flatMap((ms): Row[] =>
  (['cut', 'cutOut', 'cutIn'] as const).map((way) => ({
    row: `the network of a node is cut for ${ms / 1_000} s, ${{ cut: 'both ways', cutOut: 'away from it', cutIn: 'towards it' }[way]}`,
    play: (world) => world.sky.strike(way, busiest(world), ms),
    // Its beats arrive as long as they need no answer; but it does not send another before it has heard of the last one.
    down: ms < 2_000 ? [] : ['silent'],
    ms: ms + 5_000,
    dear: ms !== 3_000 || way !== 'cut',
    again: ms >= 2_000,
  })),
);

export const ROWS: readonly Row[] = [
  {
    row: 'kill -9, or a segfault, of a node',
    play: (world) => world.sky.strike('kill', busiest(world), 1_000),
    down: ['gone'],
    again: true,
  },
  {
    row: 'the power of a node fails',
    dear: true,
    play: (world) => world.sky.strike('powerCut', busiest(world), 10_000),
    down: ['silent'],
    again: true,
  },
  {
    row: 'SIGSTOP of a node, then SIGCONT',
    dear: true,
    play: (world) => world.sky.strike('stop', busiest(world), 5_000),
    down: ['silent'],
    ms: 12_000,
    again: true,
  },
  { row: "an agent's loop is blocked for 1.5 s", play: (world) => world.sky.strike('block', busiest(world), 1_500), down: [], dear: true },
  ...cuts,
  { row: 'Redis is frozen for 5 s', play: (world) => world.sky.strike('brokerFreeze', undefined, 5_000), down: [], ms: 12_000, dear: true },
  {
    row: 'Redis is killed, and back after 3 s with all that it held',
    dear: true,
    play: (world) => world.sky.strike('brokerFreeze', undefined, 3_000),
    down: [],
  },
  {
    row: 'Redis is killed, and back after 3 s with nothing',
    play: (world) => {
      world.sky.strike('brokerFreeze', undefined, 3_000);
      world.base.after(() => world.sky.strike('brokerWipe'), 2_999);
    },
    again: true,
  },
  { row: 'a copy of Redis takes over that lacks the last frames', play: (world) => world.sky.strike('brokerFailover'), again: true },
  { row: "the manager's loop is blocked for 3 s", play: (world) => world.sky.strike('managerBlock', undefined, 3_000), down: [] },
  { row: 'clocks are an hour apart', play: () => {}, down: [], clocksApart: 3_600_000, dear: true },
  {
    row: 'all nodes die at once',
    play: (world) => {
      for (const node of [...world.nodes]) world.sky.strike('kill', node, 1_000);
    },
    down: ['gone', 'gone', 'gone'],
    again: true,
  },
  {
    row: 'a node joins, and another leaves, under load',
    play: (world) => {
      world.sky.strike('join');
      world.sky.strike('leave', busiest(world));
    },
    down: ['left'],
  },
  { row: 'there is no node at all, then one', nodes: 0, play: (world) => void world.start({ ...KIND, threads: 6 }), down: [], dear: true },
];

export const KIND = { threads: 2, domain: undefined, version: undefined, lies: false } as const;
