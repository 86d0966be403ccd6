/**
 * What makes this run one of several that were started for the same job, of which one may write: the one that holds the claim that was given out last. The
 * runs may be on machines that cannot see each other.
 */
export interface Claim {
  /** The same for all runs of one job, and only for them. */
  readonly job: string;
  /** Counts the claims that were given out; a later one is higher. */
  readonly epoch: number;
  /** Rejects if another run has a later claim by now. Resolves only as long as the claim surely holds. */
  check(): Promise<void>;
}

/** What a lock file says of the claim of its owner. */
export type ClaimName = Pick<Claim, 'job' | 'epoch'>;

/** Whether `mine` was given out after `theirs`, for the same job. */
export function supersedes(mine: ClaimName | undefined, theirs: ClaimName | undefined): boolean {
  return mine !== undefined && theirs !== undefined && mine.job === theirs.job && mine.epoch > theirs.epoch;
}
