import { hash32 } from '../../src/core/random.ts';
import type { Comparison, Estimate } from './world/stats.ts';

export type Unit = 'share' | 'percent' | 'ms' | 'events' | 'copies' | 'times';

/** A forecast of the plan beside what the simulation saw, and where it belongs in tables and plots. */
export interface Row extends Comparison {
  readonly table: string;
  readonly unit: Unit;
  /** For plots: the place on the horizontal axis, and the line that the point is on. */
  readonly x?: number;
  readonly series?: string;
  /** The formula is exact here; elsewhere it is a limit for large systems, and docs/seven-nines.md says how far off it is. */
  readonly exact: boolean;
}

/** How much is simulated, as a multiple of what stands in the docs, and from which seed on. */
export interface Effort {
  readonly share: number;
  readonly seed: number;
}

export const atLeast = (least: number, full: number, { share }: Effort): number => Math.max(least, Math.round(full * share));

/** Runs a trial with a number of seeds. */
export async function repeated<T>(times: number, seed: number, trial: (seed: number) => Promise<T>): Promise<T[]> {
  const outcomes: T[] = [];
  for (let i = 0; i < times; i++) outcomes.push(await trial(hash32(seed, i)));
  return outcomes;
}

export type { Estimate };
