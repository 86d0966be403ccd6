import type { PoolOptions } from '../../src/options/types.ts';
import type { TaskTruth } from './truth.ts';
import type { World } from './world.ts';

/** What the options of a task allow, read from them a second time. */
export interface Rules {
  readonly retries: number;
  /** It may be started more than once. */
  readonly repeatable: boolean;
}

export function rulesOf({ options }: TaskTruth, { climate: { pool } }: World): Rules {
  const repeatable = (options?.idempotent ?? pool.idempotent ?? true) && options?.transferList === undefined;
  return { retries: repeatable ? retriesOf(options?.retry ?? pool.retry, pool.retry) : 0, repeatable };
}

function retriesOf(retry: PoolOptions['retry'], base: PoolOptions['retry']): number {
  if (retry === undefined) return 3;
  if (retry === false) return 0;
  if (typeof retry === 'number') return retry;
  return retry.retries ?? (base === retry ? 3 : retriesOf(base, base));
}
