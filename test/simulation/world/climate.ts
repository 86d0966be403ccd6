import type { Random } from '../../../src/core/random.ts';
import type { RunOptions } from '../../../src/options/types.ts';
import { type DrawnPool, drawPoolOptions, drawRunOptions } from '../caller/draw-options.ts';
import { Dice } from './dice.ts';
import { drawRates, type FaultName } from './faults.ts';
import { round } from './timeline.ts';

/** The conditions of one seed: how often which fault strikes, and what is asked of the pool. */
export interface Climate {
  readonly rates: Readonly<Record<FaultName, number>>;
  readonly pool: DrawnPool;
  /** Options of the tasks; `undefined` is a plain `run(task)`. */
  readonly runs: readonly (RunOptions | undefined)[];
  readonly tasks: number;
  /** Most tasks that the caller keeps open, and how many it submits at once. */
  readonly window: number;
  readonly burst: number;
  /** Typical run time, and how much it scatters: 0 is not at all. */
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
  /** How far right answers of one redundant task lie apart, at most; 0: they are equal. */
  readonly noise: number;
  /** Threads of another process: they answer later, and what they send cannot be read ahead. */
  readonly remote: boolean;
}

/** Everything about a seed follows from its number. */
export function drawClimate(random: Random, tasks?: number): Climate {
  const dice = new Dice(random);
  const rates = drawRates(dice);
  // Nothing bounds a task that never ends and has no run limit: such tasks are drawn only where limits are.
  const endless = rates.spin + rates.never + rates.leftoverSpin + rates.reorder === 0;
  const startTime = round(dice.log(0.5, 60));
  const pool = drawPoolOptions(dice, endless, startTime);
  const variants = dice.pick([0, 0, 1, 3, 5]);
  // Now and then a pool lives long.
  const most = dice.chance(0.04) ? 60_000 : 12_000;
  const climate: Climate = {
    rates,
    pool,
    runs: [undefined, ...Array.from({ length: variants }, () => drawRunOptions(dice, endless, pool))],
    tasks: tasks ?? Math.round(dice.log(50, most)),
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
    noise: dice.pick([0, 0, 0, 0.3, 1.4]),
    remote: dice.chance(0.25),
  };
  // Drawn last, so that the other seeds stay the same.
  return climate.remote || !dice.chance(0.15) ? climate : { ...climate, pool: { ...pool, isolation: 'escalate', cells: dice.whole(1, 3) } };
}
