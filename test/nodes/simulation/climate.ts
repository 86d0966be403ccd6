import type { Random } from '../../../src/core/random.ts';
import type { NodesOptions, PoolOptions } from '../../../src/options/types.ts';
import { Dice } from '../../simulation/world/dice.ts';

/** What comes over links, nodes, broker and manager; each for a while, or once. */
export const WEATHER = [
  'cut',
  'cutOut',
  'cutIn',
  'stop',
  'block',
  'kill',
  'powerCut',
  'leave',
  'join',
  'brokerFreeze',
  'brokerWipe',
  'brokerFailover',
  'brokerRefuses',
  'delay',
  'managerBlock',
  'managerCut',
] as const;
export type Weather = (typeof WEATHER)[number];

/** What becomes of a frame on its way. */
export const FRAME_FAULTS = ['duplicate', 'swap', 'garbage', 'foreign'] as const;
export type FrameFault = (typeof FRAME_FAULTS)[number];

export interface NodeKind {
  readonly threads: number;
  readonly domain: string | undefined;
  readonly version: string | undefined;
  /** Its results are wrong. */
  readonly lies: boolean;
}

/** The conditions of one seed. */
export interface Climate {
  readonly pool: Omit<PoolOptions, 'nodes'>;
  readonly nodes: NodesOptions & { readonly silence: number; readonly spread: 'prefer' | 'require' };
  readonly fleet: readonly NodeKind[];
  readonly votes: boolean;
  /** Milliseconds of one run of a task, at most and typically. */
  readonly runLimit: number;
  readonly duration: number;
  readonly scatter: number;
  readonly retries: number;
  readonly startTime: number;
  readonly latency: number;
  readonly beat: number;
  readonly tasks: number;
  readonly window: number;
  readonly burst: number;
  /** Threads that the tasks keep busy, if they come evenly. @default about one */
  readonly load?: number;
  /** Share of tasks that may be started once only, and that have a large input. */
  readonly once: number;
  readonly large: number;
  readonly throws: number;
  readonly crashes: number;
  readonly hangs: number;
  readonly holdsBack: number;
  /** Milliseconds from one strike to the next, on average. */
  readonly every: Readonly<Partial<Record<Weather, number>>>;
  /** Milliseconds that a strike lasts, at most. */
  readonly longest: number;
  readonly frames: Readonly<Partial<Record<FrameFault, number>>>;
  /** Milliseconds by which the clocks of machines may differ. */
  readonly clocksApart: number;
}

/** Everything about a seed follows from its number. */
export function drawClimate(random: Random, tasks?: number): Climate {
  const dice = new Dice(random);
  const mood = dice.next();
  const share = mood < 0.1 ? 0 : mood < 0.6 ? 0.15 : mood < 0.95 ? 0.4 : 1;
  const hangs = dice.chance(0.3) ? dice.log(0.001, 0.05) : 0;
  const runLimit = dice.pick(hangs > 0 ? [50, 300, 1000, 5000] : [50, 300, 5000, Number.POSITIVE_INFINITY]);
  const copies = dice.pick([1, 1, 1, 1, 2, 3]);
  const spread = dice.pick(['prefer', 'require'] as const);
  const retries = dice.whole(0, 5);
  const strict = copies > 1 && spread === 'require';
  const threads = strict ? copies + 3 : dice.whole(1, 8);
  const spares = dice.whole(0, 3);
  const lies = strict && copies === 3 && dice.chance(0.5);
  const duration = dice.log(0.01, 30);
  const silence = dice.pick([400, 1000, 2000]);
  const every = Object.fromEntries(WEATHER.filter(() => dice.chance(share)).map((kind) => [kind, dice.log(500, 60_000)]));
  const frames = Object.fromEntries(FRAME_FAULTS.filter(() => dice.chance(share / 2)).map((kind) => [kind, dice.log(0.0005, 0.02)]));
  return {
    pool: {
      filename: 'file:///simulated/task.js',
      metrics: false,
      threads,
      spares,
      retry: { retries, minTimeout: dice.pick([0, 1, 25]), maxTimeout: 100, on: ['error', 'crash', 'timeout'] },
      timeout: { run: runLimit },
      terminateTimeout: dice.pick([50, 500, 2000]),
      startupTimeout: 10_000,
      redundancy: copies === 1 ? false : copies,
      retryBudget: dice.pick([0.1, 0.4, 0.4, 1]),
      // Tasks that crash their threads are many here.
      restart: { intensity: 1_000_000 },
      closeTimeout: 30_000,
    },
    nodes: { url: 'redis://127.0.0.1', name: 'simulated', silence, brokerTimeout: 90_000, spread },
    fleet: drawFleet(dice, strict, threads + spares, lies),
    votes: copies > 1,
    runLimit,
    duration,
    scatter: dice.pick([0, 0.5, 2]),
    retries,
    startTime: dice.log(1, 100),
    latency: dice.log(0.02, 5),
    beat: dice.pick([50, 100, 250]),
    tasks: tasks ?? Math.round(dice.log(20, duration < 1 ? 8_000 : 1_000)),
    window: Math.round(dice.log(1, 1000)),
    burst: Math.round(dice.log(1, 200)),
    once: copies === 1 && dice.chance(0.5) ? dice.pick([0.1, 0.5, 1]) : 0,
    large: dice.chance(0.03) ? 0.02 : 0,
    throws: dice.chance(0.4) ? dice.log(0.001, 0.3) : 0,
    crashes: dice.chance(0.3) ? dice.log(0.001, 0.05) : 0,
    hangs,
    holdsBack: dice.pick([0, 0.5, 0.95]),
    every,
    longest: dice.log(20, 20_000),
    frames,
    clocksApart: dice.pick([0, 1_000, 3_600_000, 1e9]),
  };
}

/** Enough threads for all slots. Where copies must not meet, each thread is a domain of its own. */
function drawFleet(dice: Dice, strict: boolean, needed: number, lies: boolean): NodeKind[] {
  const fleet: NodeKind[] = [];
  const racks = dice.chance(0.3) && !strict;
  for (let offered = 0; offered < needed + 2; ) {
    const threads = strict ? 1 : dice.whole(1, 4);
    const version = dice.chance(0.05) ? 'another' : undefined;
    fleet.push({ threads, version, domain: racks ? `rack ${fleet.length % 2}` : undefined, lies: lies && fleet.length === 0 });
    if (version === undefined) offered += threads;
  }
  return fleet;
}
