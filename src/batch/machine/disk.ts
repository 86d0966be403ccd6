import type { KernelLock } from './kernel-lock.ts';

/** What a path is: a regular file can be a journal; a pipe, a terminal or a device can only be written to. */
export type PathKind = 'file' | 'directory' | 'stream';

export interface PathFacts {
  readonly kind: PathKind;
  /** Bytes. */
  readonly size: number;
  /** The same for two names of one file, and only then. */
  readonly identity: string;
}

/** An open file. Calls on one file are never made at the same time, but for `close`, which ends a `read` that waits for a pipe. */
export interface DiskFile {
  /** What it is, and how long. */
  facts(): Promise<PathFacts>;
  /** Reads up to `buffer.length` bytes from `position` (null: from where the stream stands); 0 is the end. */
  read(buffer: Buffer, position: number | null): Promise<number>;
  /** Writes some bytes, as many as the system takes, and says how many. */
  write(buffer: Buffer, position: number | null): Promise<number>;
  /** Resolves when everything written so far, and the length, survives a power cut. */
  sync(): Promise<void>;
  /** Cuts it to this many bytes. */
  truncate(length: number): Promise<void>;
  /** Asks for the lock that belongs to the file under all of its names; it is kept until `close`, or the end of the process. */
  lock(mode: 'exclusive' | 'shared'): Promise<KernelLock>;
  /** Gives it back; a lock on it goes as well. */
  close(): Promise<void>;
}

/**
 * - `read`: must exist
 * - `update`: reading and writing, made if missing, never cut
 * - `create`: writing; must not exist
 * - `stream`: writing from where it stands; must exist
 */
export type OpenMode = 'read' | 'update' | 'create' | 'stream';

/**
 * All that a batch job asks of a file system. Everything the job reads or writes goes through this, so that a
 * simulated disk (full, torn, slow to keep its promises, killed between two calls) can be put below it.
 * Failures are rejected with an error that carries the system's `code`.
 */
export interface Disk {
  /** Opens the file of that name. */
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /** Undefined if nothing has that name. */
  facts(path: string): Promise<PathFacts | undefined>;
  /** The path of the file that `path` leads to, if it is a symbolic link; else `path` as it is. Nothing needs to be there. */
  target(path: string): Promise<string>;
  /** Whether only this machine can have that folder: not another one, over a network. */
  isLocal(directory: string): Promise<boolean>;
  /** Makes a file with the same contents; shares them where the file system can. `to` must not exist. */
  copy(from: string, to: string): Promise<void>;
  /** Gives a file a second name; rejects with `EEXIST` if that name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Replaces `to` in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is gone already is fine. */
  remove(path: string): Promise<void>;
  /** Makes the names in `directory` survive a power cut. */
  syncDirectory(directory: string): Promise<void>;
}
