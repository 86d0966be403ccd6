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
  /** What the copy was thought to cost, in milliseconds; spent when it was made. */
  readonly expected: number;
}
