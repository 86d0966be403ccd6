import { BatchError, writeError } from '../errors.ts';
import { AppendFile } from '../journal/append-file.ts';
import { encodingOf } from '../journal/encoding.ts';
import { type JobIdentity, type JobState, jobPathOf, readJob, writeJob } from '../journal/job-file.ts';
import { type Recovered, type RecoveredFile, recover } from '../journal/recover.ts';
import { IndexSet } from '../lines/index-set.ts';
import { inputChanged } from '../lines/input.ts';
import type { BatchJob, BatchSeams } from '../options.ts';
import { Hold } from './hold.ts';
import { checkSameJob } from './identity.ts';
import type { Inputs } from './inputs.ts';
import { openWhenRead } from './open-when-read.ts';
import { checkPlaces } from './places.ts';

/** The two files of a job, open, and their contents. */
interface Opened {
  readonly results: AppendFile;
  readonly failed: AppendFile;
  /** Lines that have a record. */
  readonly done: IndexSet;
  readonly earlier: { readonly results: number; readonly failed: number };
  readonly identity: JobIdentity;
  /** What the job file said; undefined for a job that begins, or one that has no journal. */
  readonly state: JobState | undefined;
}

/** The two files of a job, open and locked. */
export interface Outputs extends Opened {
  /** `stream`: the results cannot be read again, so there is no job file and no resuming. */
  readonly kind: 'journal' | 'stream';
  /** Path of the results, links followed: the job file lies beside it. */
  readonly path: string;
  /** Rejects if another run may be writing now. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** Asked for under the lock: before it, another run may still have been writing. */
async function sizeOf(path: string, { disk }: BatchSeams): Promise<number> {
  return (await disk.facts(path))?.size ?? 0;
}

function exists(path: string, size: number): BatchError {
  const message = `${path} holds ${size} bytes already. Say resume to go on with it, overwrite to throw it away, or name another output.`;
  return new BatchError('ERR_BATCH_OUTPUT_EXISTS', message);
}

function unknownJob(path: string, out: string): BatchError {
  const message = `${path} is not empty, and ${jobPathOf(out)}, which would say what job it belongs to, is not there.`;
  return new BatchError('ERR_BATCH_OTHER_JOB', `${message} Put it back, name another output, or say overwrite to throw the contents away.`);
}

/** Writes the dead letters of a job whose results go to a pipe. */
async function openStream(
  hold: Hold,
  job: BatchJob,
  identity: JobIdentity,
  seams: BatchSeams,
  ready: () => Promise<void>,
): Promise<Opened> {
  await hold.lock(job.failed);
  const size = await sizeOf(job.failed, seams);
  if (size > 0 && !job.overwrite) throw exists(job.failed, size);
  await ready();
  const { file } = await hold.open(job.failed);
  const stream = job.out === '-' ? seams.stdout() : await openWhenRead(job, seams);
  await file.truncate(0);
  return {
    results: new AppendFile(job.out, stream, encodingOf(job.out), null),
    failed: new AppendFile(job.failed, file, encodingOf(job.failed), 0),
    done: new IndexSet(),
    earlier: { results: 0, failed: 0 },
    identity,
    state: undefined,
  };
}

/** Inputs may have other names now than when the job began; what they hold is compared while it is read. */
function checkRenamed(job: BatchJob, then: JobIdentity, now: JobIdentity): void {
  const shown = (name: string) => (name === '-' ? 'standard input' : name);
  const form = (name: string) => (name.endsWith('.gz') ? 'packed (.gz)' : 'as it is');
  for (const [i, { path }] of now.inputs.entries()) {
    const before = then.inputs[i]!.path;
    if (form(path) !== form(before)) {
      const what = `it is read ${form(path)}, and what that job has begun with, ${shown(before)}, was read ${form(before)}`;
      throw inputChanged(path, what, 'before');
    }
    if (path !== before)
      job.onNote(`Input ${i + 1} was ${shown(before)} when this job began, and is ${shown(path)} now: it must hold the same.`);
  }
}

/** Reads what job the output belongs to, or says that one begins. Changes nothing. */
async function adopt(job: BatchJob, now: JobIdentity, seams: BatchSeams): Promise<{ identity: JobIdentity; state: JobState }> {
  const then = job.resume ? await readJob(seams.disk, job.out) : undefined;
  if (then !== undefined) {
    checkSameJob(then.identity, now, job.allowChangedTask);
    if (then.state.state === 'starting') return { identity: now, state: then.state };
    checkRenamed(job, then.identity, now);
    return {
      identity: { ...now, inputs: now.inputs.map(({ path }, i) => ({ path, bytes: then.identity.inputs[i]!.bytes })) },
      state: then.state,
    };
  }
  for (const path of [job.out, job.failed]) {
    const size = await sizeOf(path, seams);
    if (size > 0 && job.resume) throw unknownJob(path, job.out);
    if (size > 0 && !job.overwrite) throw exists(path, size);
  }
  return { identity: now, state: { state: 'starting' } };
}

function note(job: BatchJob, { results, failed }: Recovered): void {
  const tell = ({ path, cut, length }: RecoveredFile) => {
    if (cut > 0) job.onNote(`${path}: cut ${cut} bytes that were torn or not yet safe, behind byte ${length}; their lines are run again.`);
  };
  tell(results);
  tell(failed);
}

async function openJournal(hold: Hold, job: BatchJob, now: JobIdentity, seams: BatchSeams, ready: () => Promise<void>): Promise<Opened> {
  // Every run locks in this order, so that two runs never wait for each other.
  for (const path of [job.out, job.failed]) await hold.lock(path);
  // A file that is there may have other names, under which other runs have it.
  for (const path of [job.out, job.failed]) if ((await seams.disk.facts(path)) !== undefined) await hold.open(path);
  const { identity, state } = await adopt(job, now, seams);
  await ready();
  const out = await hold.open(job.out);
  const failed = await hold.open(job.failed);
  if (state.state === 'starting') await writeJob(seams.disk, job.out, identity, state);
  const recovered = await recover(seams.disk, out, failed, state, job);
  if (state.state === 'running') note(job, recovered);
  const { results, failed: letters, done } = recovered;
  return {
    results: new AppendFile(results.path, results.file, results.encoding, results.length),
    failed: new AppendFile(letters.path, letters.file, letters.encoding, letters.length),
    done,
    earlier: { results: results.records, failed: job.retryFailed ? 0 : letters.records },
    identity,
    state,
  };
}

/** Locks and opens the outputs of a job. Rejects, with nothing changed, if another job holds them, or if `ready` does. */
export async function openOutputs(
  asked: BatchJob,
  identity: JobIdentity,
  inputs: Inputs,
  seams: BatchSeams,
  ready: () => Promise<void>,
): Promise<Outputs> {
  const hold = new Hold(seams);
  try {
    // What belongs to a file lies beside the file, and not beside a link to it.
    const out = asked.out === '-' ? '-' : await seams.disk.target(asked.out);
    const job = { ...asked, out, failed: await seams.disk.target(asked.failed) };
    const kind = await checkPlaces(job, inputs, identity, seams);
    if (kind === 'stream' && job.resume)
      throw new BatchError('ERR_BATCH_OPTION', `resume: expected a file as out, got the pipe or device ${job.out}.`);
    const open = kind === 'journal' ? openJournal : openStream;
    const opened = await open(hold, job, identity, seams, ready);
    const check = async (): Promise<void> => {
      await hold.check();
      for (const file of [opened.results, opened.failed]) if (file.path !== '-') await file.check(await seams.disk.facts(file.path));
    };
    return { ...opened, kind, path: job.out, check, release: () => hold.release() };
  } catch (cause) {
    await hold.abandon();
    throw writeError(asked.out, cause, 'before');
  }
}
