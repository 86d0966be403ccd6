import type { OpenLine } from '../lines/open-line.ts';
import type { Disk, DiskFile } from '../machine/disk.ts';

/** When a line ran, as far as that is known: a line that is no task never did. */
export interface Receipt {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly ms: number;
  readonly attempt: number;
}

export interface JobLogOptions {
  readonly overwrite: boolean;
  readonly onNote: (note: string) => void;
}

const HEADER = 'index\tline\tstarted\tseconds\tattempts\toutcome\tfile\n';

/** Characters that may wait for the disk before the job waits, too. */
const MOST = 1_048_576;

/** The log of what ran when, for a person or a spreadsheet. What goes wrong with it is a note: results matter more. */
export class JobLog {
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #onNote: (note: string) => void;
  #length: number;
  #text: string;
  #writing: Promise<void> | undefined;
  #failed = false;

  private constructor(path: string, file: DiskFile, length: number, onNote: (note: string) => void) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
    this.#text = length === 0 ? HEADER : '';
    this.#onNote = onNote;
  }

  /** Opens the log, to add to what it holds; with `overwrite`, to begin it anew. */
  static async open(path: string, { overwrite, onNote }: JobLogOptions, disk: Disk): Promise<JobLog> {
    const file = await disk.open(path, 'update');
    if (overwrite) await file.truncate(0);
    return new JobLog(path, file, (await file.facts()).size, onNote);
  }

  /** Adds a line; `outcome`: `ok`, or the kind of its dead letter. */
  add(line: OpenLine, outcome: string, receipt: Receipt | undefined): void {
    if (this.#failed) return;
    const ran =
      receipt === undefined
        ? '\t\t0'
        : `${new Date(receipt.startedAt).toISOString()}\t${(receipt.ms / 1000).toFixed(6)}\t${receipt.attempt}`;
    const file = line.file === undefined ? '' : JSON.stringify(line.file).slice(1, -1);
    this.#text += `${line.index}\t${line.line}\t${ran}\t${outcome}\t${file}\n`;
    this.#writing ??= this.#write();
  }

  /** What must be awaited before more is added, because the disk is behind. */
  get room(): Promise<void> | undefined {
    return this.#text.length > MOST ? this.#writing : undefined;
  }

  async close(): Promise<void> {
    if (this.#text !== '') this.#writing ??= this.#write();
    await this.#writing;
    await this.#file.close().catch(() => {});
  }

  async #write(): Promise<void> {
    await undefined; // What is added in this turn travels together.
    try {
      while (this.#text !== '') {
        const bytes = Buffer.from(this.#text);
        this.#text = '';
        for (let done = 0; done < bytes.length; ) done += await this.#file.write(bytes.subarray(done), this.#length + done);
        this.#length += bytes.length;
      }
    } catch (error) {
      this.#failed = true;
      this.#text = '';
      this.#onNote(`${this.#path}: the job log ends here, because it cannot be written: ${(error as Error).message}.`);
    }
    this.#writing = undefined;
  }
}
