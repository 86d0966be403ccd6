import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The SHA-256 of a file. */
export default function hash(path: string): { id: string; sha256: string } {
  return { id: path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') };
}
