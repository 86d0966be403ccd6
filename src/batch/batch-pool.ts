import type { AttemptRecord, Pool, Settled } from '../index.ts';
import type { TreeNode } from '../supervision/index.ts';

/** One settlement, as `pool.mapSettled` yields it; `index` counts what the pool was given, from 0. */
export type Settlement = Settled<unknown>;

/** Settlements: one is awaited, and others that are there by then are polled. */
export interface Settlements extends AsyncIterable<Settlement> {
  poll(): Settlement | undefined;
}

/** How the task is called. */
export interface LineCall {
  /** Lines a call, at most; above 1 the task is called with an array, and returns an array with a result for each. */
  readonly batch: number;
  /** Whether each outcome comes with a receipt (`TimedOutcome`). Only where the pool takes lines. */
  readonly timed: boolean;
}

/** What a batch job uses of a pool. */
export interface BatchPool {
  /**
   * What the job gives to the pool, and gets from it.
   *
   * - `values`: parsed lines, and what the task returned
   * - `lines`: the text of lines, and a `CallOutcome` for each call; the threads parse and stringify
   */
  readonly form: 'values' | 'lines';
  /**
   * Resolves when every thread has loaded the task module, on nodes the first one; rejects if they cannot.
   * @param note told what a person should know while the pool works
   */
  ready(note: (text: string) => void): Promise<void>;
  /** Runs every item of the source, and yields an outcome for each. `window` items are pulled ahead at most. */
  mapSettled(source: AsyncIterable<unknown>, options: { ordered: boolean; window: number }): Settlements;
  /** Attempts that were begun again after a failure. */
  retries(): number;
  /** Calls `listener` whenever an attempt is begun again, with the number of its item, from 0, and the number of the attempt. */
  onRetry(listener: (number: number, attempt: number) => void): void;
  /** The failed attempts behind an error, oldest first. */
  attemptsOf(error: unknown): readonly AttemptRecord[];
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<string>;
  /** The pool itself, for listeners. */
  readonly pool?: Pool;
  /** The live tree of its threads. */
  tree(): TreeNode;
  /** Finishes what was accepted, or with `force` drops it, and ends the threads. */
  close(options: { force: boolean }): Promise<unknown>;
}
