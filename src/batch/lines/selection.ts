import { hash32 } from '../../core/random.ts';

/** Which lines of the inputs are to be run. */
export interface Selection {
  /** Lines at the beginning that are not. */
  readonly skip: number;
  /** How many behind them are, at most. */
  readonly limit: number;
  /** Share of them that is, drawn evenly, the same each time. */
  readonly sample: number;
}

/** Whether a line is to be run, by its index: the same for every run, so that a later one can do the rest. */
export function selection({ skip, limit, sample }: Selection): (index: number) => boolean {
  return (index) => index >= skip && index < skip + limit && (sample === 1 || hash32(index) / 2 ** 32 < sample);
}
