import { hashTask } from '../../batch/job/inputs.ts';
import { nodeDisk } from '../../batch/machine/node-disk.ts';
import { readSmall } from '../../batch/machine/small-file.ts';
import { packageVersion } from '../../core/installation.ts';
import type { PutJob } from '../../durable/board.ts';

const minor = (version: string): string => version.split('.').slice(0, 2).join('.');

/** The nonce in the file that the command has left beside the output of its job. */
export async function nonceAt(proof: string): Promise<string | undefined> {
  try {
    const text = await readSmall(nodeDisk, proof);
    return text === undefined ? undefined : (JSON.parse(text) as { nonce?: string }).nonce;
  } catch {
    return undefined;
  }
}

/** Why this machine cannot manage a job, if it cannot. */
export async function refusalOf(job: Omit<PutJob, 'likeness'>): Promise<string | undefined> {
  const mine = packageVersion();
  if (minor(mine) !== minor(job.holdfast)) return `it has Holdfast ${mine}, and the job was put by ${job.holdfast}`;
  const facts = await nodeDisk.facts(job.folder).catch(() => undefined);
  if (facts?.kind !== 'directory') return `it does not see the folder ${job.folder}`;
  if ((await nonceAt(job.proof)) !== job.nonce)
    return `it sees another ${job.folder} than the command: ${job.proof}, which the command has made, is not there as it was`;
  const { path, sha256 } = job.module;
  try {
    const found = await hashTask(nodeDisk, path);
    if (found !== sha256)
      return `its task module ${path} (SHA-256) is ${found.slice(0, 12)}, and was ${sha256.slice(0, 12)} for the command`;
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
