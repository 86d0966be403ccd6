/** The failure that was recorded first in a run. */
export interface FirstFailure {
  /** Index of the line. */
  readonly index: number;
  /** Line of its file, from 1. */
  readonly line: number;
  /** Its file, where the job has several. */
  readonly file?: string;
  /** As in the dead letter. */
  readonly kind: string;
  /** Name and message of the error. */
  readonly error: string;
}

/** A line that has been with the pool for long. */
export interface LongLine {
  /** Index of the line. */
  readonly index: number;
  /** Line of its file, from 1. */
  readonly line: number;
  /** Its file, where the job has several. */
  readonly file?: string;
  /** Milliseconds since it was given to the pool, within a quarter of a second. */
  readonly ms: number;
  /** Number of the attempt that runs or is due; above 1 after failures. Attempts that cost the task nothing are not counted. */
  readonly attempt: number;
}

/** How far a job is. */
export interface BatchProgress {
  /** Lines with a result, those of earlier runs included. */
  readonly done: number;
  /** Lines with a dead letter, those of earlier runs included. */
  readonly failed: number;
  /** Dead letters of this run by kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The first dead letter of this run. */
  readonly firstFailure: FirstFailure | undefined;
  /** Lines that earlier runs have finished. */
  readonly earlier: number;
  /** Attempts that this run has begun again after a failure. */
  readonly retries: number;
  /** Lines with the pool now. */
  readonly open: number;
  /** The lines that have been with the pool longest, at most three, if longer than five seconds. */
  readonly longest: readonly LongLine[];
  /** Lines read so far, blank ones left out. */
  readonly lines: number;
  /** Bytes of input read so far, as they lie on the disk. */
  readonly bytes: number;
  /** Bytes of all inputs; undefined where standard input is one of them. */
  readonly totalBytes: number | undefined;
}

/** How a job, or this run of it, ended. */
export interface BatchSummary extends BatchProgress {
  /**
   * `interrupted`: `signal` was aborted; what had begun was finished, and `resume` runs the rest. `dry run`: nothing was run; `done` are lines that
   * would be, `failed` those that are no tasks.
   */
  readonly outcome: 'complete' | 'interrupted' | 'dry run';
  /** Milliseconds that this run took. */
  readonly ms: number;
  /** Path of the results, or `-`. */
  readonly out: string;
  /** Path of the dead letters. */
  readonly failedPath: string;
}
