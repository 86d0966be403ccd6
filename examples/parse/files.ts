import { readdirSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';

export interface SourceFile {
  readonly path: string;
  /** Below the folder that was searched, with forward slashes. */
  readonly name: string;
  readonly bytes: number;
}

/** Files at most: as many as make the demo last about half a minute, whatever else is installed. */
const MOST = 2_000;

/** JavaScript files below a folder, by name, evenly spread if it has more than `most`. Links are not followed. */
export function sourceFiles(most: number = MOST, folder: string = 'node_modules'): SourceFile[] {
  const files: SourceFile[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?js$/.test(entry.name)) continue;
    const path = resolve(entry.parentPath, entry.name);
    files.push({ path, name: relative(folder, path).replaceAll('\\', '/'), bytes: statSync(path).size });
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const step = Math.max(1, files.length / most);
  return Array.from({ length: Math.min(most, files.length) }, (_, i) => files[Math.floor(i * step)]!);
}

export function totalBytes(files: readonly SourceFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
