import { createHash } from 'node:crypto';
import type { SourceFile } from './files.ts';
import type { Finding } from './task.ts';

/** SHA-256 over what was found in every file: equal digests mean equal results, all of them. */
export function digestOf(files: readonly SourceFile[], findings: readonly Finding[]): string {
  const hash = createHash('sha256');
  for (const [i, { name }] of files.entries()) hash.update(`${name} ${JSON.stringify(findings[i])}\n`);
  return hash.digest('hex');
}
