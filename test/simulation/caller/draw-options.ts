import type { PoolOptions, RunOptions } from '../../../src/options/types.ts';
import type { Dice } from '../world/dice.ts';

/** Options of a pool; how many threads it has is always drawn. */
export type DrawnPool = PoolOptions & { readonly threads: number };

const INFINITY = Number.POSITIVE_INFINITY;

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

/** Options of one kind of tasks. What may be started only once has no copies. */
export function drawRunOptions(dice: Dice, endless: boolean, pool: PoolOptions): RunOptions {
  const once = dice.chance(0.2) ? { idempotent: dice.chance(0.5) } : {};
  const moved = dice.chance(0.1) ? { transferList: [new ArrayBuffer(1)] } : {};
  const single = 'transferList' in moved || !(once.idempotent ?? pool.idempotent ?? true);
  return {
    ...once,
    ...moved,
    ...(single ? { redundancy: false, hedge: false } : dice.chance(0.3) ? drawCompetition(dice) : {}),
    ...(dice.chance(0.4) ? { timeout: dice.chance(0.3) ? dice.pick([20, 200, 2000]) : timeouts(dice, endless) } : {}),
    ...(dice.chance(0.3) ? { retry: retryOption(dice) ?? 2 } : {}),
    ...(dice.chance(0.4) ? { priority: dice.whole(-2, 2) } : {}),
  };
}

/** Options of the pool. */
export function drawPoolOptions(dice: Dice, endless: boolean, startTime: number): DrawnPool {
  const possible = [20, 100, 1000, 10_000].filter((limit) => limit > 3 * startTime);
  const idempotent = !dice.chance(0.15);
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
    idempotent,
    ...(idempotent && dice.chance(0.4) ? drawCompetition(dice) : {}),
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

type Competition = Required<Pick<PoolOptions, 'redundancy' | 'hedge'>>;

/** Copies that vote, or copies that race. */
function drawCompetition(dice: Dice): Competition {
  if (dice.chance(0.35)) {
    const after = dice.pick(['p95', 1, 5, 20, 200] as const);
    return { redundancy: false, hedge: { after, budget: dice.pick([0, 0.05, 0.05, 0.3, 1]) } };
  }
  if (dice.chance(0.25)) return { redundancy: dice.pick([2, 3, 3, 5]), hedge: false };
  const replicas = dice.pick([2, 2, 3, 3, 4, 5]);
  return {
    redundancy: {
      replicas,
      quorum: dice.whole(Math.floor(replicas / 2) + 1, replicas),
      maxReplicas: replicas + dice.pick([0, 1, 2, 4]),
      equal: dice.pick(['exact', 'exact', { abs: 1 }, equalNumbers, brokenEqual] as const),
      ...(dice.chance(0.3) ? { resolve: dice.pick(['median', firstBallot, brokenResolve] as const) } : {}),
    },
    hedge: false,
  };
}

function equalNumbers(a: unknown, b: unknown): boolean {
  return (a as [number])[0] === (b as [number])[0];
}

/** A caller's own function that throws for one pair in five. */
export function brokenEqual(a: unknown, b: unknown): boolean {
  if (Math.trunc((a as [number])[0] + (b as [number])[0]) % 5 === 0) throw new Error('equal is broken');
  return equalNumbers(a, b);
}

export function firstBallot(ballots: readonly { readonly value: unknown }[]): unknown {
  return ballots[0]!.value;
}

export function brokenResolve(): never {
  throw new Error('resolve is broken');
}
