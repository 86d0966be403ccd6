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

/** Files at most: as many as make the demo last about half a minute, whatever else is installed. */
const MOST = 2_000;

/** JavaScript files below the project's own node_modules, by name, evenly spread where there are more than 2,000. Links are not followed. */
export function sourceFiles(most: number = MOST): SourceFile[] {
  const files: SourceFile[] = [];
  for (const entry of readdirSync(NODE_MODULES, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    files.push({ path, name: relative(NODE_MODULES, path).replaceAll('\\', '/'), bytes: statSync(path).size });
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const step = Math.max(1, files.length / most);
  return Array.from({ length: Math.min(most, files.length) }, (_, i) => files[Math.floor(i * step)]!);
}

export function totalBytes(files: readonly SourceFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
