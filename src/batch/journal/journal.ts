import type { Clock, Timer } from '../../core/clock.ts';
import { writeError } from '../errors.ts';
import type { AppendFile } from './append-file.ts';
import { PendingRecords } from './pending-records.ts';

/**
 * When records are forced onto the disk: after this many milliseconds, `always` (every write, before the next one), or
 * `never` (only at the end; the system decides, usually within half a minute).
 */
export type SyncRule = number | 'always' | 'never';

export interface JournalOptions {
  readonly results: AppendFile;
  readonly failed: AppendFile | undefined;
  readonly clock: Clock;
  readonly sync: SyncRule;
  /** Called when both files are on the disk; writes down how far. */
  readonly checkpoint: (synced: { results: number; failed: number }) => Promise<void>;
  /** Awaited before every write: rejects if another job may own the files by now. */
  readonly mayWrite: () => Promise<void>;
  /** Called once, when a write has failed; nothing more will be written. */
  readonly onFailure: (error: Error) => void;
}

/** A write is begun when this many bytes wait, … */
const BATCH = 65_536;
/** … or this many milliseconds after the first one. A killed process loses no more than that. */
const LINGER = 50;
/** With more than this many bytes waiting, `full` asks the caller to wait. */
const HIGH_WATER = 1_048_576;

type State = { readonly at: 'open' } | { readonly at: 'failed'; readonly error: Error } | { readonly at: 'closed' };

/**
 * Appends records to the results and the dead letters, in batches, one write at a time. Dead letters go first: an
 * ordered result is never on the disk while the failure of an earlier line is not.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #results = new PendingRecords();
  readonly #failed = new PendingRecords();
  #state: State = { at: 'open' };
  #linger: Timer | undefined;
  #interval: Timer | undefined;
  /** The work under way; every piece is chained behind the last. */
  #tail: Promise<void> = Promise.resolve();
  #writing = false;
  /** Bytes of the write under way. */
  #flying = 0;
  readonly #givenUp = new AbortController();
  /** Rejects when it is given up. */
  readonly #abandoned: Promise<never>;
  #room: (() => void)[] = [];
  /** What the last checkpoint said. */
  #noted: { results: number; failed: number };

  constructor(options: JournalOptions) {
    this.#options = options;
    const { signal } = this.#givenUp;
    this.#abandoned = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    this.#abandoned.catch(() => {});
    this.#noted = { results: options.results.synced, failed: options.failed?.synced ?? 0 };
    this.#armInterval();
  }

  /** True when the caller should await `room()` before it appends more. */
  get full(): boolean {
    return this.#results.length + this.#failed.length > HIGH_WATER;
  }

  /** True while records wait to be written, or are being written. */
  get busy(): boolean {
    return this.#flying > 0 || this.#results.length + this.#failed.length > 0;
  }

  get failure(): Error | undefined {
    return this.#state.at === 'failed' ? this.#state.error : undefined;
  }

  result(record: string): void {
    this.#results.add(record);
    this.#appended();
  }

  fail(record: string): void {
    this.#failed.add(record);
    this.#appended();
  }

  /** Resolves when appending is welcome again, or when the journal has failed. */
  async room(): Promise<void> {
    if (this.full && this.#state.at === 'open') await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  /** Everything appended so far is in the files: it survives the death of this process. */
  async flush(): Promise<void> {
    await this.#enqueue(() => this.#write());
  }

  /** Everything appended so far survives a power cut, and the job file says so. */
  async sync(): Promise<void> {
    await this.#enqueue(async () => {
      await this.#write();
      await this.#force('if changed');
    });
  }

  /** Like `sync`, and writes the job file even if nothing was appended: the place in the input matters. */
  async mark(): Promise<void> {
    await this.#enqueue(async () => {
      await this.#write();
      await this.#force('always');
    });
  }

  /** Nothing more will be written. A write that is under way is not awaited, because its file accepts nothing any more. */
  giveUp(error: Error): void {
    if (this.#state.at !== 'open') return;
    this.#givenUp.abort(error);
    this.#fail(error);
  }

  /** Stops the timers and closes the files; writes nothing. */
  async close(): Promise<void> {
    if (this.#state.at === 'open') this.#state = { at: 'closed' };
    this.#options.clock.clearTimeout(this.#linger);
    this.#options.clock.clearTimeout(this.#interval);
    if (this.#givenUp.signal.aborted) return;
    await this.#tail;
    await this.#options.results.close();
    await this.#options.failed?.close();
  }

  #appended(): void {
    if (this.#writing || this.#state.at !== 'open') return;
    if (this.#options.sync === 'always' || this.#results.length + this.#failed.length >= BATCH) void this.#pump();
    else this.#linger ??= this.#timer(() => void this.#pump(), LINGER);
  }

  /** Writes until less than a batch waits. */
  async #pump(): Promise<void> {
    this.#writing = true;
    const always = this.#options.sync === 'always';
    do {
      await (always ? this.sync() : this.flush()).catch(() => {});
    } while (this.#state.at === 'open' && this.#results.length + this.#failed.length >= (always ? 1 : BATCH));
    this.#writing = false;
    if (this.#results.length + this.#failed.length > 0) this.#appended();
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(async () => {
      if (this.#state.at === 'failed') throw this.#state.error;
      await work();
    });
    this.#tail = done.catch(() => {});
    return Promise.race([done, this.#abandoned]);
  }

  async #write(): Promise<void> {
    const results = this.#results.take();
    const failed = this.#failed.take();
    this.#options.clock.clearTimeout(this.#linger);
    this.#linger = undefined;
    this.#flying = results.length + failed.length;
    if (failed.length + results.length > 0) await this.#guard(this.#options.results, () => this.#options.mayWrite());
    if (failed.length > 0) await this.#guard(this.#options.failed!, (file) => file.append(failed));
    if (results.length > 0) await this.#guard(this.#options.results, (file) => file.append(results));
    this.#flying = 0;
    for (const resume of this.#room.splice(0)) resume();
  }

  async #force(note: 'if changed' | 'always'): Promise<void> {
    const { results, failed, checkpoint } = this.#options;
    if (failed !== undefined) await this.#guard(failed, (file) => file.sync());
    await this.#guard(results, (file) => file.sync());
    const synced = { results: results.synced, failed: failed?.synced ?? 0 };
    const changed = synced.results !== this.#noted.results || synced.failed !== this.#noted.failed;
    if (note === 'if changed' && !changed) return;
    await this.#guard(results, async () => {
      await this.#options.mayWrite();
      await checkpoint(synced);
    });
    this.#noted = synced;
  }

  async #guard(file: AppendFile, work: (file: AppendFile) => Promise<void>): Promise<void> {
    try {
      await work(file);
    } catch (cause) {
      const error = writeError(file.path, cause);
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: Error): void {
    this.#state = { at: 'failed', error };
    for (const resume of this.#room.splice(0)) resume();
    this.#options.onFailure(error);
  }

  #armInterval(): void {
    const { sync } = this.#options;
    if (typeof sync !== 'number') return;
    this.#interval = this.#timer(() => {
      void this.sync()
        .catch(() => {})
        .then(() => {
          if (this.#state.at === 'open') this.#armInterval();
        });
    }, sync);
  }

  #timer(fn: () => void, ms: number): Timer {
    const timer = this.#options.clock.setTimeout(fn, ms);
    timer.ref();
    return timer;
  }
}
