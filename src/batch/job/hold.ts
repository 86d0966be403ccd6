import { BatchError } from '../errors.ts';
import type { OpenFile } from '../journal/recover.ts';
import { replaceByCopy } from '../machine/small-file.ts';
import { Lock, type LockSeams } from './lock.ts';

function taken(path: string): BatchError {
  const why = 'Another run writes this file: the kernel says so. It may know it by another name, or be in another container.';
  return new BatchError('ERR_BATCH_LOCKED', `${path}: ${why} Wait for it or stop it.`);
}

/** The outputs that one run has to itself: a lock file beside each, and the kernel's lock on the file itself. */
export class Hold {
  readonly #seams: LockSeams;
  readonly #locks: Lock[] = [];
  readonly #files = new Map<string, OpenFile & { readonly identity: string }>();

  constructor(seams: LockSeams) {
    this.#seams = seams;
  }

  /** Rejects with `ERR_BATCH_LOCKED` while another run has it. */
  async lock(path: string): Promise<void> {
    this.#locks.push(await Lock.take(`${path}.lock`, this.#seams));
  }

  /** Opens a file, making it if need be. Rejects with `ERR_BATCH_LOCKED` while another run has it, under whatever name. */
  async open(path: string): Promise<OpenFile> {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    // What another run of this job has open is not what it would write to then.
    if (this.#locks.some(({ before }) => before === 'perhaps alive')) await replaceByCopy(this.#seams.disk, path);
    const file = await this.#seams.disk.open(path, 'update');
    const { identity } = await file.facts();
    const twin = [...this.#files.values()].find((one) => one.identity === identity);
    const lock = twin === undefined ? await file.lock('exclusive') : 'mine';
    if (twin !== undefined || lock === 'taken') {
      await file.close();
      if (lock === 'taken') throw taken(path);
      throw new BatchError(
        'ERR_BATCH_OPTION',
        `failed: expected another file than out, got ${path}, which is the same file as ${twin!.path}.`,
      );
    }
    const opened = { path, file, identity };
    this.#files.set(path, opened);
    return opened;
  }

  /** Rejects with `ERR_BATCH_LOCKED` if a lock was removed. */
  async check(): Promise<void> {
    for (const lock of this.#locks) await lock.check();
  }

  /** Gives the locks back; the files are closed by their writers. */
  async release(): Promise<void> {
    for (const lock of this.#locks.splice(0)) await lock.release();
  }

  /** Gives everything back. */
  async abandon(): Promise<void> {
    for (const { file } of this.#files.values()) await file.close().catch(() => {});
    await this.release();
  }
}
