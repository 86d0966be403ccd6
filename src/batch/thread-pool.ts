import { attemptsOf, Pool, type PoolOptions } from '../index.ts';
import type { BatchPool } from './batch-pool.ts';

/** The pool of a batch job: a `Pool`, seen as what the job needs of it. */
export function threadPool(options: Record<string, unknown>): BatchPool {
  const pool = new Pool(options as unknown as PoolOptions);
  return {
    mapSettled: (source, { ordered }) => pool.mapSettled(source, { ordered }),
    retries: () => pool.stats().retries,
    attemptsOf,
    metrics: () => pool.metrics.metrics(),
    tree: () => pool.tree(),
    close: (how) => pool.close(how),
  };
}
