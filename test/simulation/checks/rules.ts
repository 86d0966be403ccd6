import type { PoolOptions, RunOptions } from '../../../src/options/types.ts';
import type { Climate } from '../world/climate.ts';

/** Copies that vote, as their options say. */
export interface VoteRules {
  readonly replicas: number;
  readonly quorum: number;
  readonly maxReplicas: number;
  readonly equal: 'exact' | { readonly abs?: number | undefined; readonly rel?: number | undefined } | ((a: never, b: never) => boolean);
  readonly resolve: 'median' | ((ballots: never) => unknown) | undefined;
}

/** What the options of a task allow, read from them a second time. */
export interface Rules {
  readonly retries: number;
  /** It may be started more than once. */
  readonly repeatable: boolean;
  readonly vote: VoteRules | undefined;
  readonly hedge: { readonly after: 'p95' | number; readonly budget: number } | undefined;
  readonly limits: { readonly run: number; readonly queue: number; readonly total: number };
}

export function rulesOf(options: RunOptions | undefined, { pool }: Climate): Rules {
  const repeatable = (options?.idempotent ?? pool.idempotent ?? true) && options?.transferList === undefined;
  const vote = voteOf(options?.redundancy ?? pool.redundancy);
  const hedge = options?.hedge ?? (vote === undefined ? pool.hedge : false);
  const base = pool.timeout as Rules['limits'];
  const own = options?.timeout;
  return {
    retries: repeatable ? retriesOf(options?.retry ?? pool.retry, pool.retry) : 0,
    repeatable,
    vote,
    hedge: hedge ? { after: hedge.after ?? 'p95', budget: hedge.budget ?? 0.05 } : undefined,
    limits: typeof own === 'number' ? { ...base, run: own } : { ...base, ...(own as Partial<Rules['limits']> | undefined) },
  };
}

function voteOf(redundancy: PoolOptions['redundancy'] = false): VoteRules | undefined {
  if (redundancy === false) return undefined;
  const given = typeof redundancy === 'number' ? { replicas: redundancy } : redundancy;
  const { replicas, quorum = Math.floor(replicas / 2) + 1, maxReplicas = replicas + 2, equal = 'exact', resolve } = given;
  return { replicas, quorum, maxReplicas, equal, resolve };
}

function retriesOf(retry: PoolOptions['retry'], base: PoolOptions['retry']): number {
  if (retry === undefined) return 3;
  if (retry === false) return 0;
  if (typeof retry === 'number') return retry;
  return retry.retries ?? (base === retry ? 3 : retriesOf(base, base));
}
