import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';
import type { Disk, OpenMode } from './disk.ts';

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

async function write(disk: Disk, path: string, mode: OpenMode, text: string): Promise<void> {
  const file = await disk.open(path, mode);
  try {
    if (mode === 'update') await file.truncate(0);
    let rest = Buffer.from(text);
    for (let at = 0; rest.length > 0; ) {
      const written = await file.write(rest, at);
      at += written;
      rest = rest.subarray(written);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The whole text of a file, or undefined if there is none. */
export async function readSmall(disk: Disk, path: string): Promise<string | undefined> {
  const file = await disk.open(path, 'read').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const pieces: Buffer[] = [];
    for (let at = 0; ; ) {
      const piece = Buffer.allocUnsafe(65_536);
      const length = await file.read(piece, at);
      if (length === 0) return Buffer.concat(pieces).toString();
      pieces.push(piece.subarray(0, length));
      at += length;
    }
  } finally {
    await file.close();
  }
}

/** Replaces a file in one step: after a power cut the old text is there whole, or the new one is. */
export async function replaceSmall(disk: Disk, path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await write(disk, draft, 'update', text);
  await disk.rename(draft, path);
  await disk.syncDirectory(dirname(path));
}

/**
 * Makes a file that must not exist, whole from its first instant; false if it is there already.
 * `draft` is a name that nobody else uses.
 */
export async function createSmall(disk: Disk, path: string, draft: string, text: string): Promise<boolean> {
  try {
    await write(disk, draft, 'update', text);
    await disk.link(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(systemCode(error) ?? '')) throw error;
  } finally {
    await disk.remove(draft).catch(() => {});
  }
  // A file system without second names (exFAT). Killed between the next two calls, an empty file is left behind.
  try {
    await write(disk, path, 'create', text);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
