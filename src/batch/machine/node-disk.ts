import { type Stats, write } from 'node:fs';
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { systemCode } from '../errors.ts';
import type { Disk, DiskFile, OpenMode, PathFacts } from './disk.ts';

const FLAGS: Record<Exclude<OpenMode, 'update'>, string> = { read: 'r', create: 'wx', stream: 'w' };

function factsOf(stats: Stats): PathFacts {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'stream';
  return { kind, size: stats.size, identity: `${stats.dev}:${stats.ino}` };
}

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async facts(): Promise<PathFacts> {
    return factsOf(await this.#handle.stat());
  }

  async read(buffer: Buffer, position: number | null): Promise<number> {
    return (await this.#handle.read(buffer, 0, buffer.length, position)).bytesRead;
  }

  async write(buffer: Buffer, position: number | null): Promise<number> {
    return (await this.#handle.write(buffer, 0, buffer.length, position)).bytesWritten;
  }

  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  async truncate(length: number): Promise<void> {
    await this.#handle.truncate(length);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

const never = () => Promise.reject(new Error('A stream can only be written to.'));
const writeOnly: Omit<DiskFile, 'write'> = {
  facts: async () => ({ kind: 'stream', size: 0, identity: '' }),
  read: never,
  truncate: never,
  sync: async () => {},
  close: async () => {},
};

const writeTo = promisify(write);

/** An open descriptor, of whatever kind, as a file that can only be written to. */
export function descriptorFile(descriptor: number): DiskFile {
  return {
    ...writeOnly,
    async write(buffer) {
      for (;;) {
        try {
          return (await writeTo(descriptor, buffer, 0, buffer.length, null)).bytesWritten;
        } catch (error) {
          // Somebody else has made the pipe non-blocking, and it is full: its reader takes its time.
          if (systemCode(error) !== 'EAGAIN') throw error;
          await delay(5);
        }
      }
    },
  };
}

/** A stream, such as standard output, as a file that can only be written to. */
export function streamFile(stream: NodeJS.WritableStream): DiskFile {
  // Failures are told to whoever writes; without a listener they would end the process.
  stream.on('error', () => {});
  return {
    ...writeOnly,
    write: (buffer) =>
      new Promise((resolve, reject) => {
        stream.write(buffer, (error) => (error ? reject(error) : resolve(buffer.length)));
      }),
  };
}

/** The machine's own file system. */
export const nodeDisk: Disk = {
  async open(path, mode) {
    if (mode !== 'update') return new NodeFile(await open(path, FLAGS[mode]));
    // 'a+' would write at the end whatever position is given, and 'w+' would cut the file: make it first, then update it.
    try {
      return new NodeFile(await open(path, 'r+'));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      await (await open(path, 'a')).close();
      return new NodeFile(await open(path, 'r+'));
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

  link: (from, to) => link(from, to),

  rename: (from, to) => rename(from, to),

  remove: (path) => rm(path, { force: true }),

  async syncDirectory(directory) {
    // Windows has no such call, and needs none: its renames are in the journal of the file system.
    if (process.platform === 'win32') return;
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
