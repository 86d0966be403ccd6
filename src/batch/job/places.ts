import { resolve } from 'node:path';
import { BatchError } from '../errors.ts';
import { type JobIdentity, jobPathOf } from '../journal/job-file.ts';
import type { PathFacts } from '../machine/disk.ts';
import type { BatchJob, BatchSeams } from '../options.ts';
import type { Inputs } from './inputs.ts';

interface Place {
  /** What a person calls it. */
  readonly what: string;
  readonly path: string;
  readonly facts: PathFacts | undefined;
}

/** The same file, by what the system says of it; by its path where nothing is there yet. */
function isSame(a: Place, b: Place): boolean {
  if (a.facts !== undefined && b.facts !== undefined) return a.facts.kind === 'file' && a.facts.identity === b.facts.identity;
  return resolve(a.path) === resolve(b.path);
}

/**
 * Looks at what the paths of a job lead to, before anything is made. Rejects with `ERR_BATCH_OPTION` or
 * `ERR_BATCH_OUTPUT` if two of them would get into each other's way. Says whether the results can be read again.
 */
export async function checkPlaces(
  job: BatchJob,
  inputs: Inputs,
  identity: JobIdentity,
  { disk }: BatchSeams,
): Promise<'journal' | 'stream'> {
  const { out, failed } = job;
  const placeOf = async (what: string, path: string): Promise<Place> => ({ what, path, facts: await disk.facts(path) });
  const results = out === '-' ? undefined : await placeOf('out', out);
  const letters = await placeOf('failed', failed);
  const log = job.joblog === undefined ? undefined : await placeOf('joblog', job.joblog);
  for (const { path, facts } of [results, letters, log].filter((place) => place !== undefined)) {
    if (facts?.kind === 'directory') throw new BatchError('ERR_BATCH_OUTPUT', `${path} is a directory. Expected the path of a file.`);
    if (facts?.kind === 'file' && inputs.identities.has(facts.identity)) {
      throw new BatchError('ERR_BATCH_OPTION', `${path} is an input of this job, and cannot be its output too.`);
    }
  }
  if (log?.facts?.kind === 'stream')
    throw new BatchError('ERR_BATCH_OPTION', `joblog: expected a file, got the device or pipe ${log.path}.`);
  const kind = results === undefined || results.facts?.kind === 'stream' ? 'stream' : 'journal';
  if (letters.facts?.kind === 'stream')
    throw new BatchError('ERR_BATCH_OPTION', `failed: expected a file, got the device or pipe ${failed}.`);
  if (results?.facts?.kind === 'stream' && job.failedFrom === 'out') {
    const message = `failed: expected a path, because ${out} is a pipe or a device: nothing can lie beside it. Say where dead letters go.`;
    throw new BatchError('ERR_BATCH_OPTION', message);
  }
  const places: Place[] = [
    letters,
    await placeOf('the task module', identity.task.path),
    await placeOf('a lock of this job', `${failed}.lock`),
  ];
  if (results !== undefined && kind === 'journal') {
    places.push(results, await placeOf('the job file', jobPathOf(out)), await placeOf('a lock of this job', `${out}.lock`));
  }
  if (log !== undefined) places.push(log);
  for (const mine of [letters, ...(kind === 'journal' ? [results!] : []), ...(log === undefined ? [] : [log])]) {
    const other = places.find((place) => place !== mine && isSame(place, mine));
    if (other === undefined) continue;
    throw new BatchError('ERR_BATCH_OPTION', `${mine.what}: expected a file of its own, got ${mine.path}, which is also ${other.what}.`);
  }
  return kind;
}
