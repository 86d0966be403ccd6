import { soon } from '../../core/soon.ts';
import type { LongLine } from '../progress.ts';
import { DueLines } from './due-lines.ts';
import type { IndexSet } from './index-set.ts';
import { type Input, InputStopped } from './input.ts';
import { BAD, type LineValueOptions, LineValues } from './line-values.ts';
import type { OpenLine } from './open-line.ts';
import { linesOf, type OpenCall, OpenLines } from './open-lines.ts';

type State =
  | { readonly at: 'reading' }
  | { readonly at: 'draining' }
  | { readonly at: 'failed'; readonly error: unknown }
  | { readonly at: 'ended' };

export interface SourceOptions extends LineValueOptions {
  readonly input: Input;
  /** Paths, one for each input. */
  readonly paths: readonly string[];
  readonly done: IndexSet;
  /** Whether a line is to be run at all. */
  readonly wants: (index: number) => boolean;
  /** Lines on their way at once, at most. */
  readonly window: number;
  /** Lines a call, at most. Above 1 the pool is given arrays. */
  readonly batch: number;
  /**
   * Awaited before the first task of every input, because from then on the one before must not grow, and before a last
   * line without a line feed: writes down how far the input was read.
   */
  readonly checkpoint: () => Promise<void>;
  /** What must be awaited before the next line, because the job holds as much as it may. */
  readonly room: () => Promise<void> | undefined;
}

/** A line is reported when it has been with the pool for this many milliseconds, … */
const LONG = 5_000;
/** … and at most this many are. */
const SHOWN = 3;

type Step = IteratorResult<unknown, undefined>;
const END: Step = { done: true, value: undefined };

/**
 * Turns the inputs into tasks, one at a time, leaves out what is done already, and keeps the lines that are on their
 * way: the pool numbers what it is given from 0, in order, and `take` finds the line, or the lines, of such a number.
 *
 * `next` answers at once while it has lines, and with a promise only when it has to wait: a promise for each of a
 * million short lines would cost more than they do.
 */
export class TaskSource {
  readonly #options: SourceOptions;
  readonly #due: DueLines;
  readonly #open: OpenLines;
  readonly #values: LineValues;
  #given = 0;
  #weight = 0;
  #now = 0;
  /** Input for whose tasks a checkpoint was made. */
  #marked = -1;
  #state: State = { at: 'reading' };
  /** Lines of calls that failed, to be run again, each in a call of its own. */
  readonly #again: OpenLine[] = [];
  /** Wakes a source that has no more lines, but may get some back. */
  #back: (() => void) | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#open = new OpenLines(options.window);
    this.#values = new LineValues(options);
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
    const ages = this.#open.oldest(SHOWN).map(({ index, line, file, since, attempt }) => ({
      index,
      line,
      ...(file !== undefined && { file }),
      ms: this.#now - since,
      attempt,
    }));
    return ages.filter(({ ms }) => ms >= LONG);
  }

  /** The line, or the lines, that the pool knows as `number` are tried once more. */
  retried(number: number, attempt: number): void {
    const call = this.#open.find(number);
    if (call !== undefined) for (const line of linesOf(call)) line.attempt = attempt;
  }

  /** Gives out nothing more; what is on its way stays so. */
  drain(): void {
    if (this.#state.at === 'reading') this.#state = { at: 'draining' };
    this.#options.input.stop();
    this.#back?.();
  }

  /** Hands over the line, or the lines, that the pool knows as `number`. */
  take(number: number): OpenCall {
    const call = this.#open.take(number);
    if (call === undefined) throw new Error(`The pool settled item ${number}, which it was never given or has settled before.`);
    this.#weight -= weightOf(call);
    // What waits looks again after whatever the caller does with it.
    if (this.#back !== undefined) void soon(this.#back);
    return call;
  }

  /** A call of several lines has failed: each of them is run again in a call of its own, so that only the guilty one fails. */
  again(lines: readonly OpenLine[]): void {
    this.#again.push(...lines);
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
    // The type of an async iterator asks for a promise each time; an await accepts a plain answer too.
    return { [Symbol.asyncIterator]: () => iterator as AsyncIterator<unknown> };
  }

  #next(): Step | Promise<Step> {
    for (;;) {
      if (this.#state.at !== 'reading') return END;
      const room = this.#options.room();
      if (room !== undefined) return room.then(() => this.#next());
      if (this.#options.batch > 1) {
        const step = this.#call();
        if (step !== undefined) return step;
        return this.#refill();
      }
      const line = this.#due.take();
      if (line === undefined) return this.#refill();
      const value = this.#values.of(line);
      if (value !== BAD) return this.#give(line, value);
    }
  }

  /** A call of as many lines as are there, or of one that has to be run alone; undefined if more must be read first. */
  #call(): Step | undefined {
    const alone = this.#again.pop();
    if (alone !== undefined) return this.#give([alone], [this.#values.again(alone)]);
    const lines: OpenLine[] = [];
    const values: unknown[] = [];
    while (lines.length < this.#options.batch) {
      const line = this.#due.take();
      if (line === undefined) break;
      const value = this.#values.of(line);
      if (value === BAD) continue;
      lines.push(line);
      values.push(value);
    }
    return lines.length === 0 ? undefined : this.#give(lines, values);
  }

  #give(call: OpenCall, value: unknown): Step {
    if (Array.isArray(call)) for (const line of call) begin(line, this.#now);
    else begin(call as OpenLine, this.#now);
    this.#open.add(this.#given++, call);
    this.#weight += weightOf(call);
    return { done: false, value };
  }

  #comesBack(): Promise<void> {
    return new Promise((resolve) => {
      this.#back = () => {
        this.#back = undefined;
        resolve();
      };
    });
  }

  async #refill(): Promise<Step> {
    try {
      if (this.#state.at !== 'reading') return END;
      const more = await this.#due.more();
      if (this.#state.at !== 'reading') return END;
      if (!more) {
        if (this.#options.batch > 1 && (this.#open.size > 0 || this.#again.length > 0)) {
          // Calls may fail and give their lines back.
          if (this.#again.length === 0) await this.#comesBack();
          return this.#next();
        }
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

function begin(line: OpenLine, now: number): void {
  line.since = now;
  line.attempt = 1;
}

/** Characters of a call's lines. */
function weightOf(call: OpenCall): number {
  if (!Array.isArray(call)) return (call as OpenLine).text.length;
  let sum = 0;
  for (const { text } of call as readonly OpenLine[]) sum += text.length;
  return sum;
}
