import { dirname } from 'node:path';
import { BatchError } from '../errors.ts';
import { IndexSet } from '../lines/index-set.ts';
import type { Disk, DiskFile } from '../machine/disk.ts';
import { type Encoding, encodingOf } from './encoding.ts';
import type { JobState } from './job-file.ts';
import { indexOfRecord, indexOfUntrusted } from './record.ts';

/** One of the two files, open and held. */
export interface OpenFile {
  readonly path: string;
  readonly file: DiskFile;
}

/** Contents of one of the two files. */
export interface RecoveredFile {
  readonly path: string;
  readonly file: DiskFile;
  readonly encoding: Encoding;
  /** Bytes of whole records. */
  readonly length: number;
  /** Number of records. */
  readonly records: number;
  /** Bytes of torn or untrusted tail that were cut off. */
  readonly cut: number;
}

/** The progress of a job, as read from its files. */
export interface Recovered {
  readonly done: IndexSet;
  readonly results: RecoveredFile;
  readonly failed: RecoveredFile;
}

interface Tail {
  readonly path: string;
  readonly file: DiskFile;
  readonly encoding: Encoding;
  readonly size: number;
  /** Bytes that are known to be whole; what is behind may be torn. */
  readonly synced: number;
  length: number;
  records: number;
}

function damaged(tail: Tail, what: string): BatchError {
  return new BatchError(
    'ERR_BATCH_JOURNAL_DAMAGED',
    `${tail.path} is not as this job left it: ${what}. Put the file back as it was, or begin anew with another output.`,
  );
}

async function tailOf({ path, file }: OpenFile, synced: number): Promise<Tail> {
  const { size } = await file.facts();
  const tail = { path, file, encoding: encodingOf(path), size, synced, length: 0, records: 0 };
  if (size >= synced) return tail;
  throw damaged(tail, `it has ${size} bytes, and ${synced} were on the disk`);
}

/** Adds the indexes of one file, and finds where its whole records end. */
async function scan(tail: Tail, done: IndexSet): Promise<void> {
  const { file, encoding, synced, size } = tail;
  const count = (index: number | undefined, start: number): boolean => {
    if (index === undefined) return false;
    if (!done.add(index)) throw damaged(tail, `index ${index} at byte ${start} stands there or in its sister file already`);
    tail.records++;
    return true;
  };
  const trusted = await encoding.walk(file, 0, synced, (line, start) => count(indexOfRecord(line), start));
  if (trusted !== synced) throw damaged(tail, `what begins at byte ${trusted} is no record`);
  tail.length = await encoding.walk(file, synced, size, (line, start) => count(indexOfUntrusted(line), start));
}

async function indexesOf(tail: Tail): Promise<IndexSet> {
  const found = new IndexSet();
  await tail.encoding.walk(tail.file, 0, tail.length, (line) => found.add(indexOfRecord(line)!));
  return found;
}

/**
 * Ends the file before the first unit (line or member) that holds an index of at least `end`. Returns the smallest
 * index that went with it.
 */
async function cutFrom(tail: Tail, end: number): Promise<number> {
  let first = end;
  let unitStart = -1;
  let unitFirst = end;
  const length = await tail.encoding.walk(tail.file, tail.synced, tail.length, (line, start) => {
    const index = indexOfRecord(line)!;
    if (start !== unitStart) {
      unitStart = start;
      unitFirst = index;
    }
    if (index < end) return true;
    first = Math.min(first, unitFirst);
    return false;
  });
  tail.length = length;
  return first;
}

async function recount(tail: Tail): Promise<void> {
  tail.records = 0;
  await tail.encoding.walk(tail.file, 0, tail.length, () => {
    tail.records++;
    return true;
  });
}

/**
 * Ordered results must have no gap: everything behind the first index that is in neither file is cut from both.
 * A gap can only be in the unsynced tails. Cutting a whole member may open an earlier gap, so it is done until nothing
 * more goes.
 */
async function closeGaps(results: Tail, failed: Tail, done: IndexSet): Promise<IndexSet> {
  let end = done.firstMissing();
  if (end === done.size) return done;
  for (;;) {
    const next = Math.min(await cutFrom(results, end), await cutFrom(failed, end));
    if (next === end) break;
    end = next;
  }
  await recount(results);
  await recount(failed);
  if (results.records + failed.records !== end) throw damaged(results, `index ${end} is missing in it and in its sister file`);
  return IndexSet.prefix(end);
}

async function settle(tail: Tail): Promise<RecoveredFile> {
  const { path, file, encoding, size, length, records } = tail;
  if (length < size) await file.truncate(length);
  // Without this, a later write over the cut part could mix with what a power cut brings back of it.
  await file.sync();
  return { path, file, encoding, length, records, cut: size - length };
}

/**
 * Cuts off what a crash has torn in the two files of a job, and says what is done. Rejects with
 * `ERR_BATCH_JOURNAL_DAMAGED` if they are not what the job has left there.
 */
export async function recover(
  disk: Disk,
  out: OpenFile,
  letters: OpenFile,
  state: JobState,
  { ordered, retryFailed }: { readonly ordered: boolean; readonly retryFailed: boolean },
): Promise<Recovered> {
  const synced = state.state === 'running' ? state.synced : { results: 0, failed: 0 };
  const results = await tailOf(out, synced.results);
  const failed = await tailOf(letters, synced.failed);
  let done = new IndexSet();
  if (state.state === 'running') {
    await scan(results, done);
    // Lines that will be run again have no record that counts; they are still checked for a record in both files.
    if (retryFailed) await scan(failed, await indexesOf(results));
    else await scan(failed, done);
    if (ordered) done = await closeGaps(results, failed, done);
  }
  const recovered = { done, results: await settle(results), failed: await settle(failed) };
  for (const directory of new Set([dirname(out.path), dirname(letters.path)])) await disk.syncDirectory(directory);
  return recovered;
}
