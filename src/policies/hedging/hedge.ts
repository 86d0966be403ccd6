import type { Attempt } from '../../core/task.ts';

/**
 * A copy beside an attempt.
 * - `racing`: both run
 * - `over`: one of them has ended; there is no second copy of the same attempt
 */
export interface Hedge {
  state: 'racing' | 'over';
  readonly original: Attempt;
  /** When the original began, on the manager's clock. */
  readonly startedAt: number;
  readonly copy: Attempt;
}

/**
 * What became of the copy.
 * - `won`: it was first, or is all that is left of the task
 * - `lost`: the original was first; the copy may run on
 * - `failed`: it has ended without a result
 * - `stopped`: the task was ended from outside
 */
export type RaceEnd = 'won' | 'lost' | 'failed' | 'stopped';
