import { InvalidOptionError } from '../core/errors.ts';
import { boolean, type Shape, whole } from '../options/checks.ts';
import type { RunOptions } from '../options/types.ts';

/** Options of `map` and `mapSettled`. Those of `run` hold for every item; `signal` ends the whole. */
export interface MapOptions extends Omit<RunOptions, 'transferList' | 'onProgress'> {
  /** Results in the order of the source. Default `true`; `false`: as they come. */
  readonly ordered?: boolean;
  /** Items pulled from the source and not yet taken by the consumer, at most. Default 256 a thread. */
  readonly window?: number;
}

export const MAP_SHAPE: Shape<{ ordered: boolean; window: number }> = { ordered: boolean, window: whole(1, 'items') };

/** @throws {InvalidOptionError} if it is no iterable */
export function iteratorOf<T>(source: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  const any = source as { [Symbol.iterator]?: () => Iterator<T>; [Symbol.asyncIterator]?: () => AsyncIterator<T> } | null | undefined;
  if (typeof any?.[Symbol.asyncIterator] === 'function') return any[Symbol.asyncIterator]!();
  if (typeof any?.[Symbol.iterator] === 'function') return any[Symbol.iterator]!();
  throw new InvalidOptionError(`source: Expected an iterable or async iterable. Got ${typeof source}.`);
}
