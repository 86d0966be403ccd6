import type { IndexSet } from './index-set.ts';
import type { Input } from './input.ts';
import type { InputLine } from './line-splitter.ts';
import { OpenLine } from './open-line.ts';

const BLANK = /^[ \t\r]*$/;

/** A line of nothing but blanks is no line: it has no index and no record. */
function isBlank(line: InputLine): boolean {
  return typeof line === 'string' && (line === '' || (line.charCodeAt(0) <= 32 && BLANK.test(line)));
}

/**
 * Numbers the lines of all inputs, and gives those that have no record yet, and none before the input is known to be the
 * right one. Lines are numbered as they are asked for: all of a chunk at once would keep the threads waiting.
 */
export class DueLines {
  readonly #input: Input;
  readonly #paths: readonly string[];
  readonly #done: IndexSet;
  /** Whether a line is to be run at all. */
  readonly #wants: (index: number) => boolean;
  #index = 0;
  #file = 0;
  #chunks: ReturnType<Input['lines']> | undefined;
  #lines: readonly InputLine[] = [];
  #at = 0;
  /** Number of the first of these lines in its file. */
  #first = 1;
  /** Due, read before the input was known to be the right one; the first is the last. Never more than were on their way when the earlier run ended. */
  #held: OpenLine[] = [];

  /** `paths`: one for each input. */
  constructor(input: Input, paths: readonly string[], done: IndexSet, wants: (index: number) => boolean = () => true) {
    this.#input = input;
    this.#paths = paths;
    this.#done = done;
    this.#wants = wants;
  }

  /** Lines read so far. Blank ones are left out once their turn has come. */
  get read(): number {
    return this.#index + this.#lines.length - this.#at;
  }

  /** The next due line among those that `more` has brought; undefined if all have been taken. */
  take(): OpenLine | undefined {
    return this.#held.length > 0 ? this.#held.pop() : this.#scan();
  }

  /** Brings more lines, of which some may be due; false at the end of the last input. To be called when `take` has no more. */
  async more(): Promise<boolean> {
    while (this.#file < this.#paths.length) {
      this.#chunks ??= this.#input.lines(this.#file);
      const { done, value } = await this.#chunks.next();
      if (done) {
        this.#file++;
        this.#chunks = undefined;
        continue;
      }
      this.#lines = value.lines;
      this.#first = value.first;
      this.#at = 0;
      if (this.#input.verified && this.#held.length === 0) return true;
      for (let line = this.#scan(); line !== undefined; line = this.#scan()) this.#held.push(line);
      if (this.#input.verified) break;
    }
    this.#held.reverse();
    return this.#held.length > 0;
  }

  #scan(): OpenLine | undefined {
    while (this.#at < this.#lines.length) {
      const at = this.#at++;
      const line = this.#lines[at]!;
      if (isBlank(line)) continue;
      const index = this.#index++;
      if (!this.#done.has(index) && this.#wants(index)) return opened(line, index, this.#first + at, this.#pathOf());
    }
    return undefined;
  }

  #pathOf(): string | undefined {
    return this.#paths.length > 1 ? this.#paths[this.#file] : undefined;
  }
}

function opened(line: InputLine, index: number, number: number, path: string | undefined): OpenLine {
  if (typeof line === 'string') return new OpenLine(index, number, path, 'json', line);
  return new OpenLine(index, line.number ?? number, path, line.form, line.text, line.bytes);
}
