import { BatchError } from '../errors.ts';
import type { DiskFile, PathFacts } from '../machine/disk.ts';
import type { Encoding } from './encoding.ts';

/** A file that records are appended to. Knows how far it is written, and how far that survives a power cut. */
export class AppendFile {
  readonly path: string;
  readonly #file: DiskFile;
  readonly #encoding: Encoding;
  /** False for a pipe or a device, which is written from where it stands. */
  readonly #seekable: boolean;
  #length: number;
  #synced: number;
  #taken = 0;
  #identity: string | undefined;

  constructor(path: string, file: DiskFile, encoding: Encoding, length: number | null) {
    this.path = path;
    this.#file = file;
    this.#encoding = encoding;
    this.#seekable = length !== null;
    this.#length = length ?? 0;
    this.#synced = this.#length;
  }

  /** Bytes, up to which the file is whole records. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that the system has taken, those of records that are not written whole included; only differences mean anything. */
  get taken(): number {
    return this.#taken;
  }

  /** Bytes that survive a power cut. */
  get synced(): number {
    return this.#synced;
  }

  /**
   * Rejects if the path no longer leads to this file, or the file has another length than this run has given it: it was removed or replaced, and
   * further writes would be lost; or another program writes it too, perhaps a run that knows it by a name that no lock sees through.
   */
  async check(found: PathFacts | undefined): Promise<void> {
    if (!this.#seekable) return;
    this.#identity ??= (await this.#file.facts()).identity;
    if (found?.identity === this.#identity && found.size === this.#length) return;
    const what =
      found?.identity === this.#identity
        ? `${this.path} has ${found.size} bytes, and this run has written ${this.#length}: another program writes it too, perhaps another run that knows it by another name`
        : `${this.path} was removed or replaced while this run was writing`;
    throw new BatchError('ERR_BATCH_LOCKED', `${what}. Nothing more is written.`, { phase: 'during' });
  }

  /** Appends whole records. If the system takes a part only and then fails, the part is cut off again where that works. */
  async append(records: Buffer): Promise<void> {
    const bytes = await this.#encoding.encode(records);
    try {
      for (let done = 0; done < bytes.length; ) {
        const position = this.#seekable ? this.#length + done : null;
        const written = await this.#file.write(bytes.subarray(done), position);
        done += written;
        this.#taken += written;
      }
    } catch (error) {
      await this.#cutTo(this.#length);
      throw error;
    }
    this.#length += bytes.length;
  }

  /** Throws away all that is in it. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.sync();
    this.#length = 0;
    this.#synced = 0;
  }

  /** @param failed what becomes of unsynced records that the system could not write; they are to be left where somebody was told that they are there */
  async sync(failed: 'cut' | 'leave' = 'cut'): Promise<void> {
    if (!this.#seekable || this.#synced === this.#length) return;
    try {
      await this.#file.sync();
    } catch (error) {
      // The system may have dropped the bytes that it could not write, and reports that only once: nothing unsynced is trusted.
      if (failed === 'cut') await this.#cutTo(this.#synced);
      throw error;
    }
    this.#synced = this.#length;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #cutTo(length: number): Promise<void> {
    // A tail that stays is torn, and is cut by the next run; the first failure is the one to report.
    if (this.#seekable) await this.#file.truncate(length).catch(() => {});
  }
}
