import type { BatchProgress } from '../../batch/index.ts';

/** What the managers of a job have counted that are there no more: the counts of a new one go on from there. Plain data. */
export interface Carried {
  /** Managers that were started, including the one that receives this. */
  readonly managers: number;
  /** What the managers before it have counted. */
  readonly retries: number;
  /** Their dead letters by kind. */
  readonly kinds: BatchProgress['kinds'];
  /** The first of them. */
  readonly firstFailure?: BatchProgress['firstFailure'];
  /** Lines that were done before the first of them. */
  readonly earlier?: number | undefined;
}

/** Before any manager. */
export const NOTHING_CARRIED: Carried = { managers: 0, retries: 0, kinds: {} };

/** What one manager says, with what those before it have counted. */
export function ofAll<P extends BatchProgress>(progress: P, before: Carried): P {
  const kinds: Record<string, number> = { ...before.kinds };
  for (const [kind, number] of Object.entries(progress.kinds)) kinds[kind] = (kinds[kind] ?? 0) + number;
  return {
    ...progress,
    kinds,
    firstFailure: before.firstFailure ?? progress.firstFailure,
    retries: progress.retries + before.retries,
  };
}

/** What is carried on when a manager has died. @param last what all have counted, as it was reported last */
export function carriedFrom(last: BatchProgress | undefined, { managers, earlier }: Carried): Carried {
  if (last === undefined) return { ...NOTHING_CARRIED, managers };
  const { retries, kinds, firstFailure } = last;
  return { managers, retries, kinds, firstFailure, earlier: earlier ?? last.earlier };
}
