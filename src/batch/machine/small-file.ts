import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';
import type { Disk, DiskFile } from './disk.ts';

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Renames a finished draft over the file. A draft that could not be finished, on a full disk say, is not left behind. */
async function replace(disk: Disk, path: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.new`;
  try {
    await disk.remove(draft);
    await write(draft);
    await disk.rename(draft, path);
  } catch (error) {
    await disk.remove(draft).catch(() => {});
    throw error;
  }
  await disk.syncDirectory(dirname(path));
}

// The name of a draft may hold what a killed process has left, or a link that another program has put there. It is removed and
// made anew: what a link leads to is not touched.

/** What to write; `kernel` says whether the file is locked in the kernel, under whatever name it will have. */
export type Contents = (kernel: boolean) => string;

async function writeAll(file: DiskFile, text: string): Promise<void> {
  let rest = Buffer.from(text);
  for (let at = 0; rest.length > 0; ) {
    const written = await file.write(rest, at);
    at += written;
    rest = rest.subarray(written);
  }
  await file.sync();
}

/** A new file, locked where that can be, and open. */
async function createLocked(disk: Disk, path: string, contents: Contents): Promise<DiskFile> {
  const file = await disk.open(path, 'create');
  try {
    await writeAll(file, contents((await file.lock('exclusive')) === 'mine'));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The whole text of an open file. */
export async function readOpen(file: DiskFile): Promise<string> {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const piece = Buffer.allocUnsafe(65_536);
    const length = await file.read(piece, at);
    if (length === 0) return Buffer.concat(pieces).toString();
    pieces.push(piece.subarray(0, length));
    at += length;
  }
}

/** The whole text of a file, or undefined if it does not exist. */
export async function readSmall(disk: Disk, path: string): Promise<string | undefined> {
  const file = await disk.open(path, 'read').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    // A pipe of that name would be waited for.
    if ((await file.facts()).kind !== 'file') throw new Error(`${path} is no regular file`);
    return await readOpen(file);
  } finally {
    await file.close();
  }
}

/** Replaces a file in one step: after a power cut the old text is there whole, or the new one is. */
export const replaceText = (disk: Disk, path: string, text: string): Promise<void> =>
  replace(disk, path, async (draft) => {
    const file = await disk.open(draft, 'create');
    try {
      await writeAll(file, text);
    } finally {
      await file.close();
    }
  });

/** Puts a copy in the place of a file, in one step: a process that has the file open from before has one without a name. One that is not there stays so. */
export async function replaceByCopy(disk: Disk, path: string): Promise<void> {
  if ((await disk.facts(path)) === undefined) return;
  await replace(disk, path, async (draft) => {
    await disk.copy(path, draft);
    const file = await disk.open(draft, 'update');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Like `replaceText`; the new file is locked, and stays open. */
export async function replaceSmall(disk: Disk, path: string, contents: Contents): Promise<DiskFile> {
  let file: DiskFile | undefined;
  try {
    await replace(disk, path, async (draft) => {
      file = await createLocked(disk, draft, contents);
    });
    return file!;
  } catch (error) {
    await file?.close();
    throw error;
  }
}

/**
 * Makes a file that must not exist, whole and locked from its first instant, and leaves it open; undefined if it is
 * there already. `draft` is a name that no other program uses.
 */
export async function createSmall(disk: Disk, path: string, draft: string, contents: Contents): Promise<DiskFile | undefined> {
  let file: DiskFile | undefined;
  try {
    await disk.remove(draft);
    file = await createLocked(disk, draft, contents);
    await disk.link(draft, path);
    return file;
  } catch (error) {
    await file?.close();
    if (systemCode(error) === 'EEXIST') return undefined;
    if (!NO_LINKS.has(systemCode(error) ?? '')) throw error;
  } finally {
    await disk.remove(draft).catch(() => {});
  }
  // A file system without second names (exFAT). Killed between the next two calls, an empty file is left behind.
  try {
    return await createLocked(disk, path, contents);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}
