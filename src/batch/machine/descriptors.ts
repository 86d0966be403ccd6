import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Most links that are followed one after another. */
const LINKS = 40;

function realOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}

/**
 * The descriptor of this process that a path leads to, such as 0 for /dev/stdin, 63 for /proc/self/fd/63, or a link to
 * one of them; undefined for any other path. In another process the same path would lead to something else.
 */
export function descriptorAt(path: string): number | undefined {
  if (process.platform === 'win32') return undefined;
  // What /dev/fd is depends on the system: a link into /proc, or a folder of its own.
  const folders = new Set(['/dev/fd', `/proc/${process.pid}/fd`, realOf('/dev/fd')]);
  let at = resolve(path);
  for (let i = 0; i < LINKS; i++) {
    const folder = realOf(dirname(at)).replace(/\/task\/\d+\/fd$/, '/fd');
    if (folders.has(folder) && /^\d+$/.test(basename(at))) return Number(basename(at));
    const standard = ['/dev/stdin', '/dev/stdout', '/dev/stderr'].indexOf(at);
    if (standard !== -1) return standard;
    try {
      at = resolve(realOf(dirname(at)), readlinkSync(join(dirname(at), basename(at))));
    } catch {
      return undefined;
    }
  }
  return undefined;
}
