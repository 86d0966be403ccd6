import type { IndexSet } from './index-set.ts';
import { type Input, InputStopped } from './input.ts';
import type { InputLine } from './line-splitter.ts';
import { type BadLineError, isBlank, type ParsedLine, parseLine } from './parse-line.ts';
import type { LetterInput, Origin } from './records.ts';

interface NumberedLine {
  readonly line: InputLine;
  readonly file: number;
  readonly index: number;
}

type State =
  | { readonly at: 'reading' }
  | { readonly at: 'draining' }
  | { readonly at: 'failed'; readonly error: unknown }
  | { readonly at: 'ended' };

/** Characters that a line keeps in memory while it is on its way, about. */
function weightOf(input: LetterInput): number {
  return 'text' in input ? input.text.length : 0;
}

/** One line that was read and has no record yet. */
export interface OpenLine {
  readonly from: Origin;
  readonly input: LetterInput;
}

/** A line that is no task. */
export interface BadLine extends OpenLine {
  readonly error: BadLineError;
}

export interface SourceOptions {
  readonly input: Input;
  /** Paths, one for each input. */
  readonly paths: readonly string[];
  readonly done: IndexSet;
  readonly maxLine: number;
  readonly deadLetters: boolean;
  /** Awaited before the first task, and before a last line without a line feed: writes down how far the input was read. */
  readonly checkpoint: () => Promise<void>;
  readonly onBad: (line: BadLine) => void;
  /** Awaited before the next line while the job holds as much as it may. */
  readonly room: () => Promise<void> | undefined;
}

/**
 * Turns the inputs into tasks, one at a time, leaves out what is done already, and keeps the lines that are on their
 * way: the pool numbers what it is given from 0, in order, and `take` finds the line of such a number.
 */
export class TaskSource {
  readonly #options: SourceOptions;
  readonly #open = new Map<number, OpenLine>();
  #given = 0;
  #index = 0;
  /** Characters of input that are on their way. */
  #weight = 0;
  #state: State = { at: 'reading' };

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  /** Lines read so far, blank ones left out. */
  get lines(): number {
    return this.#index;
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

  get weight(): number {
    return this.#weight;
  }

  /** Gives out nothing more; what is on its way stays so. */
  drain(): void {
    if (this.#state.at === 'reading') this.#state = { at: 'draining' };
    this.#options.input.stop();
  }

  /** Hands over the line that the pool knows as `number`. */
  take(number: number): OpenLine {
    const line = this.#open.get(number);
    if (line === undefined) throw new Error(`The pool settled item ${number}, which it was never given or has settled before.`);
    this.#open.delete(number);
    this.#weight -= weightOf(line.input);
    return line;
  }

  /** The tasks, in order. Never throws: what went wrong is in `failure` when it ends. */
  async *tasks(): AsyncGenerator<unknown, void, undefined> {
    try {
      let checkpoint: 'due' | 'done' = 'due';
      for await (const bunch of this.#due()) {
        if (this.#state.at !== 'reading') return;
        const { room, input } = this.#options;
        if (checkpoint === 'due' || input.position.tail === 'open') await this.#options.checkpoint();
        checkpoint = 'done';
        for (const one of bunch) {
          for (let full = room(); full !== undefined && this.#state.at === 'reading'; full = room()) await full;
          if (this.#state.at !== 'reading') return;
          const parsed = parseLine(one.line, this.#options.maxLine, this.#options.deadLetters);
          if (parsed.form === 'bad') this.#options.onBad({ from: this.#from(one, parsed), input: parsed.input, error: parsed.error });
          else {
            this.#open.set(this.#given++, { from: this.#from(one, parsed), input: parsed.input });
            this.#weight += weightOf(parsed.input);
            yield parsed.value;
          }
        }
      }
      this.#state = { at: 'ended' };
    } catch (error) {
      if (!(error instanceof InputStopped)) this.#state = { at: 'failed', error };
    }
  }

  /** The lines that have no record yet, in bunches, once the input is known to be the right one. */
  async *#due(): AsyncGenerator<NumberedLine[]> {
    const { input, paths, done } = this.#options;
    // Never more than were on their way when the earlier run ended.
    let held: NumberedLine[] = [];
    for (let file = 0; file < paths.length; file++) {
      for await (const bunch of input.lines(file)) {
        for (const line of bunch) {
          if (isBlank(line)) continue;
          const index = this.#index++;
          if (!done.has(index)) held.push({ line, file, index });
        }
        if (held.length === 0 || !input.verified) continue;
        yield held;
        held = [];
      }
    }
    if (held.length > 0) yield held;
  }

  #from({ line, file, index }: NumberedLine, { origin }: ParsedLine): Origin {
    const { paths } = this.#options;
    return { index, line: line.number, file: paths.length > 1 ? paths[file] : undefined, origin };
  }
}
