import { dirname } from 'node:path';
import type { Lock } from '../../batch/job/lock.ts';
import { AppendFile } from '../../batch/journal/append-file.ts';
import { plain } from '../../batch/journal/encoding.ts';
import type { Disk } from '../../batch/machine/disk.ts';

export interface FileParts {
  readonly path: string;
  readonly disk: Disk;
  readonly lock: Lock;
  /** The journal of an earlier program that is to be continued; none for a new one. */
  readonly file: AppendFile | undefined;
}

/** The file of a journal: appended to, forced onto the disk, and replaced in one step. */
export class JournalFile {
  readonly #parts: FileParts;
  #file: AppendFile | undefined;

  constructor(parts: FileParts) {
    this.#parts = parts;
    this.#file = parts.file;
  }

  /** Bytes that survive a power cut. */
  get synced(): number {
    return this.#file?.synced ?? 0;
  }

  get isThere(): boolean {
    return this.#file !== undefined;
  }

  /** @param force before it is told: what could not be forced onto the disk is taken back */
  async append(lines: string, force: boolean): Promise<void> {
    await this.#file!.append(Buffer.from(lines, 'latin1'));
    if (force) await this.#file!.sync();
  }

  /**
   * Forces onto the disk what was told. What fails is left in the file as it is: the program may read it there in its next life.
   * @throws an error of the disk, or `ERR_BATCH_LOCKED` if another program may write it now
   */
  async sync(): Promise<void> {
    const file = this.#file;
    if (file === undefined || file.synced === file.length) return;
    await this.look();
    await file.sync('leave');
  }

  /** Whether the path still leads to this file. @throws `Missing` if it leads nowhere, `ERR_BATCH_LOCKED` if it leads to another one */
  async look(): Promise<void> {
    const { disk, path, lock } = this.#parts;
    if (this.#file === undefined) return;
    const found = await disk.facts(path);
    if (found === undefined) throw new Missing(`${path} was removed while the server was writing`);
    await this.#file.check(found);
    await lock.check();
  }

  /**
   * After a power cut the old file is there whole, or the new one is. Returns why it could not be made, if the old one is as it was.
   * @throws if there is no telling which of them is there
   */
  async replace(text: string): Promise<unknown> {
    const { path, disk, lock } = this.#parts;
    const draft = `${path}.new`;
    await lock.check();
    let file: AppendFile | undefined;
    try {
      await disk.remove(draft);
      file = new AppendFile(path, await disk.open(draft, 'create'), plain, 0);
      await file.append(Buffer.from(text, 'latin1'));
      await file.sync();
      await disk.rename(draft, path);
    } catch (error) {
      await file?.close().catch(() => {});
      await disk.remove(draft).catch(() => {});
      return error;
    }
    const old = this.#file;
    this.#file = file;
    await old?.close().catch(() => {});
    await disk.syncDirectory(dirname(path));
    return undefined;
  }

  async close(): Promise<void> {
    await this.#file?.close().catch(() => {});
    await this.#parts.lock.release();
  }
}

/** The file is gone. The log can be written anew. */
class Missing extends Error {}
