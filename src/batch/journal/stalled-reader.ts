import type { Clock, Timer } from '../../core/clock.ts';
import { BatchError } from '../errors.ts';
import type { AppendFile } from './append-file.ts';
import type { Journal } from './journal.ts';

/** Milliseconds in which the reader of a pipe must take something, once the job was asked to stop. */
const STALL = 250;
/** Milliseconds between two looks. */
const LOOK = 50;

/** A job that is to stop does not wait for a reader who takes nothing: what the reader has not taken is lost in any case. */
export class StalledReader {
  readonly #clock: Clock;
  readonly #results: AppendFile;
  readonly #journal: Journal;
  #timer: Timer | undefined;

  constructor(clock: Clock, results: AppendFile, journal: Journal) {
    this.#clock = clock;
    this.#results = results;
    this.#journal = journal;
  }

  /** From now on the journal is given up when its reader stalls. */
  watch(): void {
    this.#look(this.#results.taken, STALL);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }

  /** `patience`: milliseconds that are left if the reader has taken nothing beyond `taken`. */
  #look(taken: number, patience: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => {
      const now = this.#results.taken;
      if (!this.#journal.busy || now !== taken) this.#look(now, STALL);
      else if (patience > LOOK) this.#look(taken, patience - LOOK);
      else this.#giveUp();
    }, LOOK);
  }

  #giveUp(): void {
    const name = this.#results.path === '-' ? 'Standard output' : this.#results.path;
    const message = `${name}: its reader has taken nothing since the job was asked to stop, so that the last records were not written.`;
    this.#journal.giveUp(new BatchError('ERR_BATCH_OUTPUT_CLOSED', message, { phase: 'during' }));
  }
}
