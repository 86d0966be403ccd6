import { createHash, randomUUID } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BatchError, descriptorAt } from '../../../batch/index.ts';
import { hashTask, inspectInputs, taskPath } from '../../../batch/job/inputs.ts';
import { nodeDisk } from '../../../batch/machine/node-disk.ts';
import { replaceText } from '../../../batch/machine/small-file.ts';
import { resolveJob } from '../../../batch/options.ts';
import { parseBrokerUrl } from '../../../core/broker/broker-url.ts';
import { messageOf } from '../../../core/foreign/message.ts';
import { packageVersion } from '../../../core/installation.ts';
import type { PutJob } from '../../../durable/board.ts';
import { JobKeys } from '../../../durable/keys.ts';
import { toText } from '../../../durable/plain.ts';
import { brokerUrlOf } from '../../../node/options.ts';
import type { RunRequest } from '../messages.ts';

/** A durable job, ready to be put. */
export interface Prepared {
  /** The same for all jobs with this output. */
  readonly id: string;
  readonly broker: ReturnType<typeof parseBrokerUrl>;
  readonly keys: JobKeys;
  readonly resume: boolean;
  readonly put: PutJob;
}

/** What shows a manager that it sees the same folder as the command. */
const PROOF = '.durable';

function wrong(message: string): BatchError {
  return new BatchError('ERR_BATCH_OPTION', message);
}

/** What cannot be had by a manager that may be anywhere. */
function checkPlaces({ job, descriptors, observe, report }: RunRequest): void {
  const [stdin] = [job.input].flat().filter((path) => path === '-');
  const files = 'because managers on other machines read and write them too';
  if (stdin !== undefined) throw wrong(`--durable: expected files as input, ${files}, got standard input.`);
  if (job.out === '-' || descriptors.length > 0 || descriptorAt(job.out) !== undefined)
    throw wrong(`--durable: expected files as input and output, ${files}, got a pipe or a descriptor.`);
  if (statSync(job.out, { throwIfNoEntry: false })?.isFile() === false) throw wrong(`--durable: expected a file as --out, got ${job.out}.`);
  if (observe !== undefined)
    throw wrong('--observe: not with --durable, because the manager may be anywhere. holdfast tree <redis-url> shows managers and jobs.');
  if (report !== undefined) throw wrong('--report: not with --durable, because no single manager has seen all of it.');
  if (job.dryRun) throw wrong('--dry-run: not with --durable. It needs no manager.');
}

/** The folder of an output, whatever links lead there. */
function folderOf(out: string): string {
  try {
    return realpathSync(dirname(out));
  } catch {
    throw new BatchError('ERR_BATCH_OUTPUT', `${out} cannot be written: there is no folder ${dirname(out)}. Mend that, then try again.`);
  }
}

/** Looks at all that can be wrong here already. @throws {BatchError} @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export async function prepare(request: RunRequest): Promise<Prepared> {
  const nodes = request.job.nodes as { readonly url?: string; readonly name?: string } | undefined;
  if (nodes === undefined)
    throw wrong('--durable: expected --nodes too: the Redis that keeps the job, and through which managers find it.');
  const url = brokerUrlOf(nodes.url);
  checkPlaces(request);
  const { nodes: _, ...job } = request.job;
  const checked = resolveJob({ ...job });
  await inspectInputs(nodeDisk, checked.inputs);
  const path = taskPath(job.filename);
  const sha256 = await hashTask(nodeDisk, path);
  const out = join(folderOf(await nodeDisk.target(job.out)), basename(await nodeDisk.target(job.out)));
  const { resume: __, retryFailed: ___, overwrite: ____, ...same } = job;
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  return {
    id: `out-${digest(out)}`,
    broker: parseBrokerUrl(url),
    keys: new JobKeys(nodes.name ?? 'default'),
    resume: checked.resume,
    put: {
      nonce: randomUUID(),
      folder: process.cwd(),
      proof: `${out}${PROOF}`,
      out,
      holdfast: packageVersion(),
      module: { path, sha256 },
      by: { host: hostname(), pid: process.pid },
      likeness: digest(toText({ ...same, sha256, folder: process.cwd() })),
      request: { ...request, job },
    },
  };
}

/** Leaves the file by which managers know the folder. */
export async function leaveProof({ proof, nonce, by }: PutJob): Promise<void> {
  try {
    // In one step: a manager that looks too early sees none, and looks again.
    await replaceText(nodeDisk, proof, `${JSON.stringify({ nonce, ...by })}\n`);
  } catch (cause) {
    throw new BatchError('ERR_BATCH_OUTPUT', `${proof} cannot be written: ${messageOf(cause)}. Mend that, then try again.`, { cause });
  }
}

export async function removeProof({ proof }: PutJob): Promise<void> {
  await nodeDisk.remove(proof).catch(() => {});
}
