import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  readonly path: string;
  /** Below node_modules, with forward slashes. */
  readonly name: string;
  readonly bytes: number;
}

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

/** Every JavaScript file below the project's own node_modules, by name. Links are not followed. */
export function sourceFiles(): SourceFile[] {
  const files: SourceFile[] = [];
  for (const entry of readdirSync(NODE_MODULES, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.push({ path, name: relative(NODE_MODULES, path).replaceAll('\\', '/'), bytes: statSync(path).size });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function totalBytes(files: readonly SourceFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
