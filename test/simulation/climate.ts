import type { Random } from '../../src/core/random.ts';
import type { PoolOptions, RunOptions } from '../../src/options/types.ts';
import { round } from './timeline.ts';

/** What one execution of a task can do besides returning its answer in time. */
export const DEEDS = [
  'throw',
  'reject',
  'crash',
  'lateCrash',
  'exit',
  'lateExit',
  'oom',
  'hardDeath',
  'spin',
  'never',
  'slow',
  'corrupt',
  'leftoverError',
  'leftoverExit',
  'leftoverSpin',
  'moduleExit',
  'uncloneableResult',
  'uncloneableError',
  'progress',
] as const;
export type Deed = (typeof DEEDS)[number] | 'return';

/** What can happen to a report on its way. */
export const MESSAGE_FAULTS = ['duplicate', 'reorder', 'unreadable', 'foreign', 'malformed', 'garbage'] as const;
export const START_FAULTS = ['startFails', 'startDies', 'startHangs', 'startSlow'] as const;
export const OTHER_FAULTS = ['uncloneableInput', 'immortal', 'lossy'] as const;
/** What can come over the pool from outside, at any event. */
export const SKY_FAULTS = ['death', 'twinDeaths', 'block', 'jump'] as const;
export type SkyFault = (typeof SKY_FAULTS)[number];
/** What the caller does at odd moments. */
export const MEDDLING = ['abort', 'abortGroup', 'abortInside', 'runInside', 'closeInside'] as const;

export type FaultName =
  | (typeof DEEDS)[number]
  | (typeof MESSAGE_FAULTS)[number]
  | (typeof START_FAULTS)[number]
  | (typeof OTHER_FAULTS)[number]
  | SkyFault
  | (typeof MEDDLING)[number];

/** The conditions of one seed: how often which fault strikes, and what is asked of the pool. */
export interface Climate {
  readonly rates: Readonly<Record<FaultName, number>>;
  readonly pool: PoolOptions & { readonly threads: number };
  /** Options of the tasks; `undefined` is a plain `run(task)`. */
  readonly runs: readonly (RunOptions | undefined)[];
  readonly tasks: number;
  /** Most tasks that the caller keeps open, and how many it submits at once. */
  readonly window: number;
  readonly burst: number;
  /** Typical run time, and how much it scatters: 0 is none. */
  readonly duration: number;
  readonly scatter: number;
  readonly startTime: number;
  readonly latency: number;
  readonly earlyTimers: number;
  readonly lateTimers: number;
  readonly blockFor: number;
  readonly jumpBy: number;
  readonly terminateTime: number;
  /** Share of tasks whose code heeds its abort signal. */
  readonly cooperative: number;
  /** Different quarantine keys. */
  readonly keys: number;
  readonly close: 'never' | 'early' | 'forced';
  /** Maps beside the single tasks. */
  readonly maps: number;
  /** Threads of another process: they answer later, and what they send cannot be read ahead. */
  readonly remote: boolean;
}

export class Dice {
  readonly next: Random;

  constructor(random: Random) {
    this.next = random;
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }

  /** Evenly over the orders of magnitude. */
  log(from: number, to: number): number {
    return from * (to / from) ** this.next();
  }
}

const INFINITY = Number.POSITIVE_INFINITY;

function rates(dice: Dice): Record<FaultName, number> {
  const all = [...DEEDS, ...MESSAGE_FAULTS, ...START_FAULTS, ...OTHER_FAULTS, ...SKY_FAULTS, ...MEDDLING];
  const mood = dice.next();
  const share = mood < 0.08 ? 0 : mood < 0.5 ? 0.15 : mood < 0.95 ? 0.4 : 1;
  const rate = (name: FaultName): number => {
    if (!dice.chance(share)) return 0;
    const heavy = dice.chance(0.1);
    switch (name) {
      case 'startFails':
      case 'startDies':
      case 'startHangs':
      case 'startSlow':
        return dice.log(0.01, heavy ? 0.9 : 0.2);
      case 'immortal':
      case 'lossy':
        return dice.log(0.05, 0.8);
      case 'death':
      case 'twinDeaths':
      case 'block':
        return dice.log(0.0002, heavy ? 0.05 : 0.005);
      case 'jump':
      case 'closeInside':
        return dice.log(0.00002, 0.0005);
      case 'abortInside':
      case 'runInside':
        return dice.log(0.002, 0.1);
      case 'spin':
      case 'never':
      case 'leftoverSpin':
        return dice.log(0.001, heavy ? 0.2 : 0.03);
      default:
        return dice.log(0.001, heavy ? 0.4 : 0.05);
    }
  };
  return Object.fromEntries(all.map((name) => [name, rate(name)])) as Record<FaultName, number>;
}

function retryOption(dice: Dice): PoolOptions['retry'] {
  const form = dice.next();
  if (form < 0.3) return undefined;
  if (form < 0.4) return false;
  if (form < 0.6) return dice.whole(0, 6);
  return {
    retries: dice.whole(0, 6),
    minTimeout: dice.pick([0, 1, 25]),
    maxTimeout: dice.pick([25, 100, 1000]),
    factor: dice.pick([1, 2, 3.5]),
    randomize: dice.chance(0.5),
    ...(dice.chance(0.5)
      ? { on: dice.pick([['error', 'crash', 'timeout'], ['oom'], [], ['error', 'crash', 'timeout', 'oom']] as const) }
      : {}),
    ...(dice.chance(0.15) ? { shouldRetry: ({ attempt, kind }) => kind !== 'clone' && attempt % 4 !== 0 } : {}),
    ...(dice.chance(0.04) ? { shouldRetry: brokenShouldRetry } : {}),
  };
}

/** The error of a caller's own function that throws. */
export class BrokenShouldRetry extends Error {}

function brokenShouldRetry(): boolean {
  throw new BrokenShouldRetry('shouldRetry is broken');
}

function timeouts(dice: Dice, endless: boolean): { run: number; queue: number; total: number } {
  return {
    run: endless && dice.chance(0.15) ? INFINITY : dice.pick([30, 100, 100, 1000, 1000, 30_000]),
    queue: dice.chance(0.25) ? dice.pick([1, 20, 100, 1000]) : INFINITY,
    total: dice.chance(0.25) ? dice.pick([1, 50, 500, 5000]) : INFINITY,
  };
}

function runOptions(dice: Dice, endless: boolean): RunOptions {
  return {
    ...(dice.chance(0.4) ? { timeout: dice.chance(0.3) ? dice.pick([20, 200, 2000]) : timeouts(dice, endless) } : {}),
    ...(dice.chance(0.3) ? { retry: retryOption(dice) ?? 2 } : {}),
    ...(dice.chance(0.2) ? { idempotent: dice.chance(0.5) } : {}),
    ...(dice.chance(0.4) ? { priority: dice.whole(-2, 2) } : {}),
    ...(dice.chance(0.1) ? { transferList: [new ArrayBuffer(1)] } : {}),
  };
}

function poolOptions(dice: Dice, endless: boolean, startTime: number): Climate['pool'] {
  const possible = [20, 100, 1000, 10_000].filter((limit) => limit > 3 * startTime);
  return {
    filename: 'file:///simulated/task.js',
    metrics: false,
    threads: dice.pick([1, 1, 2, 2, 2, 3, 4, 4, 6, 8]),
    spares: dice.pick([0, 0, 1, 1, 1, 2]),
    timeout: timeouts(dice, endless),
    startupTimeout: dice.pick(possible),
    abortGrace: dice.pick([0, 0, 0, 5, 50, 500]),
    terminateTimeout: dice.pick([1, 5, 50, 500, 2000]),
    closeTimeout: dice.pick([0, 10, 1000, 30_000, INFINITY]),
    ...withDefined('retry', retryOption(dice)),
    idempotent: !dice.chance(0.15),
    ...(dice.chance(0.2) ? { quarantine: { key: keyOf, after: dice.whole(1, 4), ttl: dice.pick([0, 10, 1000, 60_000]) } } : {}),
    retryBudget: dice.pick([0, 0.1, 0.4, 0.4, 0.4, 1]),
    restart: {
      intensity: dice.pick([0, 2, 5, 5, 20, 1000]),
      within: dice.pick([100, 1000, 30_000]),
      minTimeout: dice.pick([0, 1, 50]),
      maxTimeout: dice.pick([50, 500, 5000]),
    },
    ...(dice.chance(0.2) ? { recycle: { tasks: dice.pick([1, 3, 20, 200, INFINITY]), heapMb: dice.pick([20, 100, INFINITY]) } } : {}),
    ...(dice.chance(0.2) ? { maxQueue: dice.pick([0, 1, 5, 50, 500]) } : {}),
  };
}

function keyOf(task: never): string {
  return (task as { key: string }).key;
}

function withDefined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

/** Everything about a seed follows from its number. */
export function drawClimate(random: Random, tasks?: number): Climate {
  const dice = new Dice(random);
  const chances = rates(dice);
  // Nothing bounds a task that never ends and has no run limit: such tasks are drawn only where limits are.
  const endless = chances.spin + chances.never + chances.leftoverSpin + chances.reorder === 0;
  const startTime = round(dice.log(0.5, 60));
  const pool = poolOptions(dice, endless, startTime);
  const variants = dice.pick([0, 0, 1, 3, 5]);
  return {
    rates: chances,
    pool,
    runs: [undefined, ...Array.from({ length: variants }, () => runOptions(dice, endless))],
    tasks: tasks ?? Math.round(dice.log(50, 12_000)),
    window: Math.round(dice.log(1, 2000)),
    burst: Math.round(dice.log(1, 300)),
    duration: round(dice.log(0.004, 20)),
    scatter: dice.pick([0, 0.5, 2]),
    startTime,
    latency: round(dice.log(0.01, 1)),
    earlyTimers: dice.pick([0, 0, 0, 1, 3]),
    lateTimers: dice.pick([0, 1, 1, 5, 20]),
    blockFor: round(dice.log(5, 20_000)),
    jumpBy: round(dice.log(100, 100_000_000)),
    terminateTime: round(dice.log(0.1, 20)),
    cooperative: dice.pick([0, 0.5, 1]),
    keys: dice.pick([1, 3, 20]),
    close: dice.pick(['never', 'never', 'never', 'early', 'forced'] as const),
    maps: dice.pick([0, 0, 0, 0, 1, 2]),
    remote: dice.chance(0.25),
  };
}
