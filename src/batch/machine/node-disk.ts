import { close, constants, fstat, fsync, ftruncate, open, read, type Stats, write } from 'node:fs';
import { copyFile, link, readlink, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { systemCode } from '../errors.ts';
import type { Disk, DiskFile, PathFacts } from './disk.ts';
import { type KernelLock, kernelLock } from './kernel-lock.ts';
import { descriptorFile, pipeFile } from './stream-file.ts';

const { O_RDONLY, O_WRONLY, O_NONBLOCK = 0 } = constants;
/** Most links that are followed one after another. */
const LINKS = 40;
/** Kinds of file systems (`f_type`) that one kernel at a time can have: ext, XFS, Btrfs, tmpfs, overlay, ZFS, F2FS, bcachefs, APFS and HFS. */
const LOCAL = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0xca451a4e, 0x1a, 0x11]);

function factsOf(stats: Stats): PathFacts {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'stream';
  return { kind, size: stats.size, identity: `${stats.dev}:${stats.ino}` };
}

/**
 * The calls that take descriptors: where a package manager puts its own file system below Node's (Yarn's Plug'n'Play), the
 * file handles of node:fs/promises lack some of theirs.
 */
const calls = {
  open: promisify(open) as (path: string, flags: string | number) => Promise<number>,
  stat: promisify(fstat) as (descriptor: number) => Promise<Stats>,
  read: promisify(read) as (...args: [number, Buffer, number, number, number | null]) => Promise<{ bytesRead: number }>,
  write: promisify(write) as (...args: [number, Buffer, number, number, number | null]) => Promise<{ bytesWritten: number }>,
  sync: promisify(fsync),
  truncate: promisify(ftruncate),
  close: promisify(close),
};

class NodeFile implements DiskFile {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  static async open(path: string, flags: string): Promise<NodeFile> {
    return new NodeFile(await calls.open(path, flags));
  }

  async facts(): Promise<PathFacts> {
    return factsOf(await calls.stat(this.#descriptor));
  }

  async read(buffer: Buffer, position: number | null): Promise<number> {
    return (await calls.read(this.#descriptor, buffer, 0, buffer.length, position)).bytesRead;
  }

  async write(buffer: Buffer, position: number | null): Promise<number> {
    return (await calls.write(this.#descriptor, buffer, 0, buffer.length, position)).bytesWritten;
  }

  async sync(): Promise<void> {
    await calls.sync(this.#descriptor);
  }

  async truncate(length: number): Promise<void> {
    await calls.truncate(this.#descriptor, length);
  }

  lock(mode: 'exclusive' | 'shared'): Promise<KernelLock> {
    return kernelLock(this.#descriptor, mode);
  }

  async close(): Promise<void> {
    await calls.close(this.#descriptor);
  }
}

/** Opens without waiting for a process at the other end of a pipe. */
async function openToRead(path: string): Promise<DiskFile> {
  const descriptor = await calls.open(path, O_RDONLY | O_NONBLOCK);
  return (await calls.stat(descriptor)).isFIFO() ? pipeFile(descriptor) : new NodeFile(descriptor);
}

/** 'a+' would write at the end whatever position is given, and 'w+' would cut the file: make it first, then update it. */
async function openToUpdate(path: string): Promise<DiskFile> {
  try {
    return await NodeFile.open(path, 'r+');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await calls.close(await calls.open(path, 'a'));
    return NodeFile.open(path, 'r+');
  }
}

/** The machine's own file system. */
export const nodeDisk: Disk = {
  async open(path, mode) {
    switch (mode) {
      case 'read':
        return openToRead(path);
      case 'update':
        return openToUpdate(path);
      case 'create':
        return NodeFile.open(path, 'wx');
      case 'stream':
        return descriptorFile(await calls.open(path, O_WRONLY | O_NONBLOCK));
    }
  },

  async facts(path) {
    try {
      return factsOf(await stat(path));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },

  async target(path) {
    let reached = path;
    for (let i = 0; i < LINKS; i++) {
      const next = await readlink(reached).catch(() => undefined);
      if (next === undefined) break;
      reached = resolve(dirname(reached), next);
    }
    return reached;
  },

  async isLocal(directory) {
    // Drives of Windows say nothing of their kind.
    return (
      process.platform !== 'win32' &&
      LOCAL.has(
        await statfs(directory).then(
          ({ type }) => type,
          () => 0,
        ),
      )
    );
  },

  copy: (from, to) => copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),

  link: (from, to) => link(from, to),

  rename: (from, to) => rename(from, to),

  remove: (path) => rm(path, { force: true }),

  async syncDirectory(directory) {
    // Windows has no such call, and needs none: its renames are in the journal of the file system.
    if (process.platform === 'win32') return;
    const descriptor = await calls.open(directory, 'r');
    try {
      await calls.sync(descriptor);
    } finally {
      await calls.close(descriptor);
    }
  },
};
