import { BatchError } from '../errors.ts';
import type { InputFormat } from '../lines/format.ts';
import type { Position } from '../lines/input.ts';
import type { Disk } from '../machine/disk.ts';
import { readSmall, replaceText } from '../machine/small-file.ts';

/** What makes a job the job it is. */
export interface JobIdentity {
  readonly task: { readonly path: string; readonly name: string; readonly sha256: string };
  /** `bytes`: where it ended when it was read; null while its end was not reached, and for the last one, which may grow. */
  readonly inputs: readonly { readonly path: string; readonly bytes: number | null }[];
  /** Path of the dead letters, from the directory of the results. */
  readonly failed: string;
  readonly ordered: boolean;
  readonly maxLine: number;
  readonly format: InputFormat;
  /** What the task is given on its command line. */
  readonly argv: readonly string[];
  readonly deadLetters: boolean;
}

/**
 * Contents of the job file, which lies beside the results.
 *
 * - `starting`: whatever is in the results and the dead letters is no part of this job, and is cut off
 * - `running`: both hold whole records up to `synced` bytes, and perhaps more, perhaps torn, behind
 */
export type JobState =
  | { readonly state: 'starting' }
  | {
      readonly state: 'running';
      readonly position: Position;
      /** Bytes that are known to survive a power cut. */
      readonly synced: { readonly results: number; readonly failed: number };
    };

const FORMAT = 1;

/** The job file of an output. */
export function jobPathOf(out: string): string {
  return `${out}.job`;
}

/** The job file of `out`, or undefined if it does not exist. */
export async function readJob(disk: Disk, out: string): Promise<{ identity: JobIdentity; state: JobState } | undefined> {
  const path = jobPathOf(out);
  const text = await readSmall(disk, path);
  if (text === undefined) return undefined;
  let job: { holdfast?: unknown; identity: JobIdentity } & JobState;
  try {
    job = JSON.parse(text);
  } catch (cause) {
    throw new BatchError('ERR_BATCH_JOURNAL_DAMAGED', `${path} is not a job file: expected JSON. Put the right one back.`, { cause });
  }
  if (job.holdfast !== FORMAT || typeof job.identity !== 'object') {
    const got = JSON.stringify(job.holdfast) ?? 'none';
    throw new BatchError('ERR_BATCH_JOURNAL_DAMAGED', `${path} is not a job file of this version: expected format ${FORMAT}, got ${got}.`);
  }
  const { identity, ...state } = job;
  return { identity, state };
}

/** Writes the job file in one step; it survives a power cut when this resolves. */
export async function writeJob(disk: Disk, out: string, identity: JobIdentity, state: JobState): Promise<void> {
  await replaceText(disk, jobPathOf(out), `${JSON.stringify({ holdfast: FORMAT, ...state, identity })}\n`);
}
