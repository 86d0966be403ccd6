import type { IndexSet } from './index-set.ts';
import type { Input } from './input.ts';
import type { InputLine } from './line-splitter.ts';
import { isBlank } from './parse-line.ts';

/** A line with its place among all inputs. */
export interface NumberedLine {
  readonly line: InputLine;
  /** Number of the input, from 0. */
  readonly file: number;
  readonly index: number;
}

/** Numbers the lines of all inputs, and gives those that have no record yet. */
export class DueLines {
  readonly #input: Input;
  readonly #files: number;
  readonly #done: IndexSet;
  #index = 0;

  constructor(input: Input, files: number, done: IndexSet) {
    this.#input = input;
    this.#files = files;
    this.#done = done;
  }

  /** Lines read so far, blank ones left out. */
  get read(): number {
    return this.#index;
  }

  /** In bunches, and only once the input is known to be the right one. */
  async *bunches(): AsyncGenerator<NumberedLine[], undefined, undefined> {
    // Never more than were on their way when the earlier run ended.
    let held: NumberedLine[] = [];
    for (let file = 0; file < this.#files; file++) {
      for await (const bunch of this.#input.lines(file)) {
        for (const line of bunch) {
          if (isBlank(line)) continue;
          const index = this.#index++;
          if (!this.#done.has(index)) held.push({ line, file, index });
        }
        if (held.length === 0 || !this.#input.verified) continue;
        yield held;
        held = [];
      }
    }
    if (held.length > 0) yield held;
  }
}
