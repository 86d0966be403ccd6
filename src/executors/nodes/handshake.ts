import { InvalidOptionError } from '../../core/errors.ts';
import { packageVersion } from '../../core/installation.ts';
import { ModuleDigests } from './module-digest.ts';
import type { Demands, Refusal } from './protocol.ts';

const digests = new ModuleDigests();

/** SHA-256 of a task module. What it imports has no part in it; for that there is `version`. @throws {InvalidOptionError} if it cannot be read */
function digestOf(filename: string): string {
  try {
    return digests.of(filename);
  } catch (error) {
    throw new InvalidOptionError(`filename: Expected a task module that can be read. Got ${(error as Error).message}.`);
  }
}

/** What has to be the same wherever the task module at `filename` runs. */
export function demandsOf(filename: string, version: string | undefined): Demands {
  return { module: digestOf(filename), version, holdfast: packageVersion(), node: process.versions.node };
}

const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
const major = (version: string): string => version.split('.')[0]!;

/** What differs, if something does. */
export function refusalOf(pool: Demands, node: Demands): Refusal | undefined {
  if (minor(pool.holdfast) !== minor(node.holdfast)) return { what: 'holdfast', pool: pool.holdfast, node: node.holdfast };
  if (major(pool.node) !== major(node.node)) return { what: 'Node.js', pool: pool.node, node: node.node };
  if (pool.version !== node.version) return { what: 'version', pool: String(pool.version), node: String(node.version) };
  if (pool.module !== node.module) return { what: 'the task module (SHA-256)', pool: pool.module, node: node.module };
  return undefined;
}
