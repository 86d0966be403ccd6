import { planOf } from '../cases/faults/fault-mix.ts';
import type { Needs } from '../contenders/contender.ts';
import type { FaultPlan } from '../work/faults.ts';

/** A player in a scene. */
export interface Player {
  readonly name: string;
  /** A contender of the benchmark. */
  readonly contender: string;
  readonly uses?: 'run' | 'map' | 'flood';
  /** Options of Holdfast alone. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Major version of another Node that its process runs on; left out where that is not installed. */
  readonly node?: number;
  /** It is the pool of Erlang processes in `contenders/erlang`; left out where Erlang is not installed. */
  readonly erlang?: boolean;
}

/** What is measured slice by slice, with all players in turn. The first player is what the others are compared with. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  readonly players: readonly Player[];
  readonly work: 'noop' | 'millisecond' | 'kilobyte' | 'hundred kilobytes' | 'start' | 'import';
  readonly inFlight: number;
  readonly faults?: FaultPlan;
  readonly needs?: Partial<Needs>;
}

const OTHERS: readonly Player[] = ['piscina+glue', 'tinypool', 'workerpool', 'poolifier'].map((name) => ({ name, contender: name }));
const ERLANG: Player = { name: 'Erlang/OTP', contender: 'none', erlang: true };
const SURVIVORS: readonly Player[] = [
  { name: 'piscina+glue', contender: 'piscina+glue' },
  { name: 'holdfast', contender: 'holdfast' },
  ERLANG,
];
const NODES: readonly Player[] = [22, 24, 26].map((node) => ({ name: `holdfast, Node ${node}`, contender: 'holdfast', node }));

export const SCENES: readonly Scene[] = [
  {
    name: 'start',
    title: 'A program with default options, from its start to its first result',
    players: ['piscina', 'holdfast'].map((name) => ({ name, contender: name })),
    work: 'start',
    inFlight: 1,
  },
  {
    name: 'import',
    title: 'Importing the package',
    players: ['piscina', 'holdfast'].map((name) => ({ name, contender: name })),
    work: 'import',
    inFlight: 1,
  },
  {
    name: 'noop',
    title: 'Tasks that do nothing, 256 in flight',
    players: [{ name: 'piscina', contender: 'piscina' }, { name: 'holdfast', contender: 'holdfast' }, ...OTHERS, ...NODES, ERLANG],
    work: 'noop',
    inFlight: 256,
  },
  {
    name: 'millisecond',
    title: 'Tasks of 1 ms, 16 in flight',
    players: [{ name: 'piscina', contender: 'piscina' }, { name: 'holdfast', contender: 'holdfast' }, ...OTHERS, ERLANG],
    work: 'millisecond',
    inFlight: 16,
  },
  {
    name: 'limit',
    title: 'Tasks that do nothing, beside messages of 64 tasks and nothing else',
    players: [
      { name: 'raw messages', contender: 'raw messages', uses: 'flood' },
      { name: 'run', contender: 'holdfast' },
      { name: 'map', contender: 'holdfast', uses: 'map' },
    ],
    work: 'noop',
    inFlight: 256,
  },
  {
    name: 'alone',
    title: 'Tasks that do nothing, one after another',
    players: [{ name: 'piscina', contender: 'piscina' }, { name: 'holdfast', contender: 'holdfast' }, ...OTHERS],
    work: 'noop',
    inFlight: 1,
  },
  ...(['kilobyte', 'hundred kilobytes'] as const).map(
    (work): Scene => ({
      name: work === 'kilobyte' ? 'results-1k' : 'results-100k',
      title: `Results of ${work === 'kilobyte' ? 'a kilobyte' : 'a hundred kilobytes'}, 64 in flight`,
      players: ['piscina', 'holdfast'].map((name) => ({ name, contender: name })),
      work,
      inFlight: 64,
    }),
  ),
  {
    name: 'map',
    title: 'Tasks that do nothing through map, beside run, and in processes of their own',
    players: [
      { name: 'run', contender: 'holdfast' },
      { name: 'map', contender: 'holdfast', uses: 'map' },
      { name: 'map in cells', contender: 'holdfast', uses: 'map', options: { isolation: 'process' } },
    ],
    work: 'noop',
    inFlight: 256,
  },
  {
    name: 'copies',
    title: 'Copies of tasks that do nothing, through run',
    players: [
      { name: 'no copies', contender: 'holdfast' },
      { name: 'redundancy: 3', contender: 'holdfast', options: { redundancy: 3 } },
      { name: '2 of 2', contender: 'holdfast', options: { redundancy: { replicas: 2, quorum: 2 } } },
    ],
    work: 'noop',
    inFlight: 256,
  },
  {
    name: 'copies-map',
    title: 'Copies of tasks that do nothing, through map',
    players: [
      { name: 'no copies', contender: 'holdfast', uses: 'map' },
      { name: 'redundancy: 3', contender: 'holdfast', uses: 'map', options: { redundancy: 3 } },
    ],
    work: 'noop',
    inFlight: 256,
  },
  ...(['crash', 'exit'] as const).map(
    (what): Scene => ({
      name: what,
      title: `Tasks of 1 ms, one attempt in 20 ${what === 'crash' ? 'throws outside its call' : 'calls process.exit()'}`,
      players: SURVIVORS,
      work: 'millisecond',
      inFlight: 16,
      faults: planOf(what, 0.05, 1),
    }),
  ),
];

/** What the project wants of a player, held against the one that comes first in the scene. */
export interface PairedGoal {
  readonly scene: string;
  readonly player: string;
  /** `speed`: right results a second. `cpu`: CPU time a right result. */
  readonly figure: 'speed' | 'cpu';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export const PAIRED_GOALS: readonly PairedGoal[] = [
  { scene: 'import', player: 'holdfast', figure: 'cpu', atMost: 1.2 },
  { scene: 'start', player: 'holdfast', figure: 'speed', atLeast: 1 / 1.2 },
  { scene: 'start', player: 'holdfast', figure: 'cpu', atMost: 1.2 },
  { scene: 'limit', player: 'run', figure: 'speed', atLeast: 0.5 },
  { scene: 'limit', player: 'map', figure: 'speed', atLeast: 0.75 },
  { scene: 'alone', player: 'holdfast', figure: 'speed', atLeast: 1 },
  { scene: 'results-1k', player: 'holdfast', figure: 'speed', atLeast: 1 },
  { scene: 'results-100k', player: 'holdfast', figure: 'speed', atLeast: 1 },
  { scene: 'map', player: 'map in cells', figure: 'speed', atLeast: 0.35 },
  { scene: 'copies', player: 'redundancy: 3', figure: 'speed', atLeast: 0.25 },
  { scene: 'copies', player: '2 of 2', figure: 'speed', atLeast: 0.4 },
  { scene: 'copies-map', player: 'redundancy: 3', figure: 'speed', atLeast: 0.25 },
  { scene: 'crash', player: 'holdfast', figure: 'speed', atLeast: 1 },
  { scene: 'exit', player: 'holdfast', figure: 'speed', atLeast: 1 },
];
