import { boolean, type Check, outOfRange, type Shape, whole } from '../options/checks.ts';
import type { RunOptions } from '../options/types.ts';

/** Options of `map` and `mapSettled`. Those of `run` hold for every item; `signal` ends the whole. */
export interface MapOptions extends Omit<RunOptions, 'transferList' | 'onProgress'> {
  /** Results in the order of the source; `false`: as they come. @default true */
  readonly ordered?: boolean | undefined;
  /** Items pulled from the source and not yet taken by the consumer, at most; no more than 16,777,216. @default 256 a thread */
  readonly window?: number | undefined;
}

/** The window has a place for each of its items from the beginning. */
const MOST = 2 ** 24;

const window: Check<number> = (value, path) => {
  const items = whole(1, 'items')(value, path);
  return items <= MOST ? items : outOfRange(path, `a whole number of items, from 1 to ${MOST}`, items);
};

export const MAP_SHAPE: Shape<{ ordered: boolean; window: number }> = { ordered: boolean, window };
