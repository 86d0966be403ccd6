import { createHash } from 'node:crypto';
import { dirname, extname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hrefOf } from '../../core/foreign/foreign.ts';
import { BatchError, systemCode } from '../errors.ts';
import type { JobIdentity } from '../journal/job-file.ts';
import { type InputFile, inputError } from '../lines/input.ts';
import type { Disk, PathFacts } from '../machine/disk.ts';
import type { BatchJob } from '../options.ts';

/** The inputs as they are now. */
export interface Inputs {
  readonly files: readonly InputFile[];
  /** Bytes of each; undefined for standard input and pipes. */
  readonly sizes: readonly (number | undefined)[];
  readonly identities: ReadonlySet<string>;
}

async function factsOfInput(disk: Disk, path: string): Promise<PathFacts> {
  const facts = await disk.facts(path).catch((cause: unknown) => Promise.reject(inputError(path, cause, 'before')));
  if (facts === undefined) throw inputError(path, Object.assign(new Error(), { code: 'ENOENT' }), 'before');
  if (facts.kind === 'directory') throw inputError(path, Object.assign(new Error(), { code: 'EISDIR' }), 'before');
  if (facts.kind === 'file') {
    const file = await disk.open(path, 'read').catch((cause: unknown) => Promise.reject(inputError(path, cause, 'before')));
    await file.close();
  }
  return facts;
}

/** Looks at every input before anything is begun. Rejects with `ERR_BATCH_INPUT`. */
export async function inspectInputs(disk: Disk, paths: readonly string[]): Promise<Inputs> {
  const files: InputFile[] = [];
  const sizes: (number | undefined)[] = [];
  const identities = new Set<string>();
  for (const path of paths) {
    const facts = path === '-' ? undefined : await factsOfInput(disk, path);
    if (facts !== undefined) identities.add(facts.identity);
    sizes.push(facts?.kind === 'file' ? facts.size : undefined);
    files.push({ path, bytes: null });
  }
  return { files, sizes, identities };
}

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);

/** Path of the task module, from whatever form it was given in. */
export function taskPath(filename: string | URL): string {
  if (typeof filename === 'string' && !filename.startsWith('file:')) return resolve(filename);
  const url = new URL(hrefOf(filename) ?? filename);
  if (url.protocol === 'file:') return fileURLToPath(url);
  throw new BatchError('ERR_BATCH_TASK', `The task module must be a file: expected a path or a file: URL, got ${url.protocol}`);
}

async function hashOf(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, 'read');
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(65_536);
    for (let at = 0; ; ) {
      const length = await file.read(buffer, at);
      if (length === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, length));
      at += length;
    }
  } finally {
    await file.close();
  }
}

/** SHA-256 of the task module's own file. Rejects with `ERR_BATCH_TASK` if it cannot be read, or not be run by this Node. */
export async function hashTask(disk: Disk, path: string): Promise<string> {
  if (TYPESCRIPT.has(extname(path)) && !(process.features as { typescript?: unknown }).typescript) {
    const advice = 'Compile it to JavaScript first, or use Node 22.18 or later, which runs TypeScript as it is.';
    throw new BatchError('ERR_BATCH_TASK', `Node ${process.version} cannot run the TypeScript module ${path}. ${advice}`);
  }
  try {
    return await hashOf(disk, path);
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw new BatchError('ERR_BATCH_TASK', `The task module ${path} cannot be read: ${why}.`, { cause });
  }
}

/** What this job is, to be compared with what an output was begun with. */
export async function identify(job: BatchJob, inputs: Inputs, disk: Disk): Promise<JobIdentity> {
  const path = taskPath(job.filename);
  return {
    task: { path, name: job.name, sha256: await hashTask(disk, path) },
    inputs: inputs.files.map(({ path: name, bytes }) => ({ path: name === '-' ? name : resolve(name), bytes })),
    failed: relative(resolve(dirname(job.out)), resolve(job.failed)),
    ordered: job.ordered,
    maxLine: job.maxLine,
    format: job.format,
    argv: Array.isArray(job.pool.argv) ? job.pool.argv.map(String) : [],
    deadLetters: job.deadLetters,
  };
}
