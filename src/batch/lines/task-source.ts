import type { BatchPool } from '../pool/batch-pool.ts';
import type { LongLine } from '../progress.ts';
import { DueLines } from './due-lines.ts';
import { inexactNumber } from './exact-numbers.ts';
import type { IndexSet } from './index-set.ts';
import { type Input, InputStopped } from './input.ts';
import type { OpenLine } from './open-line.ts';
import { OpenLines } from './open-lines.ts';
import { BadLineError, looksLikeLetter, notExact, parseLine } from './parse-line.ts';

type State =
  | { readonly at: 'reading' }
  | { readonly at: 'draining' }
  | { readonly at: 'failed'; readonly error: unknown }
  | { readonly at: 'ended' };

export interface SourceOptions {
  readonly input: Input;
  /** Paths, one for each input. */
  readonly paths: readonly string[];
  readonly done: IndexSet;
  /** Whether a line is to be run at all. */
  readonly wants: (index: number) => boolean;
  readonly maxLine: number;
  readonly deadLetters: boolean;
  /** Lines with a number that JSON.parse would change are bad lines; otherwise the first one is reported as a note. */
  readonly exactNumbers: boolean;
  /** What the pool takes: where it takes lines, those that are no JSON are found in its threads. */
  readonly gives: BatchPool['form'];
  /** Lines on their way at once, at most. */
  readonly window: number;
  /**
   * Awaited before the first task of every input, because from then on the one before must not grow, and before a last
   * line without a line feed: writes down how far the input was read.
   */
  readonly checkpoint: () => Promise<void>;
  readonly onBad: (line: OpenLine, error: BadLineError) => void;
  readonly onNote: (note: string) => void;
  /** What must be awaited before the next line, because the job holds as much as it may. */
  readonly room: () => Promise<void> | undefined;
}

const HINT =
  'The first line looks like a dead letter. It is run as it is; to run the input that it holds, say deadLetters (--dead-letters).';

/** A line is reported when it has been with the pool for this many milliseconds, … */
const LONG = 5_000;
/** … and at most this many are. */
const SHOWN = 3;

type Step = IteratorResult<unknown, undefined>;
const END: Step = { done: true, value: undefined };

/**
 * Turns the inputs into tasks, one at a time, leaves out what is done already, and keeps the lines that are on their
 * way: the pool numbers what it is given from 0, in order, and `take` finds the line of such a number.
 *
 * `next` answers at once while it has lines, and with a promise only when it has to wait: a promise for each of a
 * million short lines would cost more than they do.
 */
export class TaskSource {
  readonly #options: SourceOptions;
  readonly #due: DueLines;
  readonly #open: OpenLines;
  #given = 0;
  #weight = 0;
  #now = 0;
  /** Input for whose tasks a checkpoint was made. */
  #marked = -1;
  /** A number that is not exact has been reported. */
  #told = false;
  #state: State = { at: 'reading' };

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#open = new OpenLines(options.window);
    this.#due = new DueLines(options.input, options.paths, options.done, options.wants);
  }

  /** Lines read so far, blank ones left out. */
  get lines(): number {
    return this.#due.read;
  }

  /** True once every line of every input was given out. */
  get ended(): boolean {
    return this.#state.at === 'ended';
  }

  /** Why the input could not be read to its end. */
  get failure(): unknown {
    return this.#state.at === 'failed' ? this.#state.error : undefined;
  }

  /** Lines on their way. */
  get open(): number {
    return this.#open.size;
  }

  /** Characters of input that are on their way. */
  get weight(): number {
    return this.#weight;
  }

  /** Tells what time it is, now and then: a clock for each line would cost more than it tells. */
  beat(now: number): void {
    this.#now = now;
  }

  /** Lines that have been with the pool for long, the longest first. */
  get longest(): LongLine[] {
    const ages = this.#open
      .oldest(SHOWN)
      .map(({ index, line, file, since }) => ({ index, line, ...(file !== undefined && { file }), ms: this.#now - since }));
    return ages.filter(({ ms }) => ms >= LONG);
  }

  /** Gives out nothing more; what is on its way stays so. */
  drain(): void {
    if (this.#state.at === 'reading') this.#state = { at: 'draining' };
    this.#options.input.stop();
  }

  /** Hands over the line that the pool knows as `number`. */
  take(number: number): OpenLine {
    const line = this.#open.take(number);
    if (line === undefined) throw new Error(`The pool settled item ${number}, which it was never given or has settled before.`);
    this.#weight -= line.text.length;
    return line;
  }

  /** The tasks, in order. Never throws: what went wrong is in `failure` when it ends. */
  get tasks(): AsyncIterable<unknown> {
    const iterator = {
      next: () => this.#next(),
      return: async () => {
        this.drain();
        return END;
      },
    };
    // The type of an async iterator asks for a promise each time; those who await it do not mind an answer.
    return { [Symbol.asyncIterator]: () => iterator as AsyncIterator<unknown> };
  }

  #next(): Step | Promise<Step> {
    for (;;) {
      if (this.#state.at !== 'reading') return END;
      const room = this.#options.room();
      if (room !== undefined) return room.then(() => this.#next());
      const line = this.#due.take();
      if (line === undefined) return this.#refill();
      const { gives, deadLetters } = this.#options;
      let value: unknown = line.text;
      if (gives === 'values' || deadLetters || line.index === 0 || line.form !== 'json') {
        value = this.#parsed(line);
        if (value instanceof BadLineError) {
          this.#options.onBad(line, value);
          continue;
        }
        if (gives === 'lines') value = line.text;
      }
      if (line.form === 'json' && this.#isInexact(line)) continue;
      line.since = this.#now;
      this.#open.add(this.#given++, line);
      this.#weight += line.text.length;
      return { done: false, value };
    }
  }

  /** True if the line has become a bad one. */
  #isInexact(line: OpenLine): boolean {
    const { exactNumbers, onBad, onNote } = this.#options;
    if (!exactNumbers && this.#told) return false;
    const number = inexactNumber(line.text);
    if (number === undefined) return false;
    if (exactNumbers) {
      onBad(line, notExact(line, number));
      return true;
    }
    this.#told = true;
    const where = line.file === undefined ? '' : ` of ${line.file}`;
    const advice = 'Put such numbers in strings, or say exactNumbers (--exact-numbers) to have such lines as dead letters.';
    onNote(`Line ${line.line}${where} holds the number ${number}, of which JavaScript keeps ${Number(number)}. ${advice}`);
    return false;
  }

  #parsed(line: OpenLine): unknown {
    const { maxLine, deadLetters, onNote } = this.#options;
    const value = parseLine(line, maxLine, deadLetters);
    if (line.index === 0 && !deadLetters && looksLikeLetter(value)) onNote(HINT);
    return value;
  }

  async #refill(): Promise<Step> {
    try {
      if (this.#state.at !== 'reading') return END;
      const more = await this.#due.more();
      if (this.#state.at !== 'reading') return END;
      if (!more) {
        this.#state = { at: 'ended' };
        return END;
      }
      const { file, tail } = this.#options.input.position;
      if (this.#marked !== file || tail === 'open') await this.#options.checkpoint();
      this.#marked = file;
    } catch (error) {
      if (!(error instanceof InputStopped)) this.#state = { at: 'failed', error };
      return END;
    }
    return this.#next();
  }
}
