import type { IndexSet } from './index-set.ts';
import type { Input } from './input.ts';
import type { InputLine } from './line-splitter.ts';
import { OpenLine } from './open-line.ts';

const BLANK = /^[ \t\r]*$/;

/** A line of nothing but blanks is no line: it has no index and no record. */
function isBlank(line: InputLine): boolean {
  return typeof line === 'string' && (line === '' || (line.charCodeAt(0) <= 32 && BLANK.test(line)));
}

/** Numbers the lines of all inputs, and gives those that have no record yet. */
export class DueLines {
  readonly #input: Input;
  readonly #paths: readonly string[];
  readonly #done: IndexSet;
  #index = 0;

  /** `paths`: one for each input. */
  constructor(input: Input, paths: readonly string[], done: IndexSet) {
    this.#input = input;
    this.#paths = paths;
    this.#done = done;
  }

  /** Lines read so far, blank ones left out. */
  get read(): number {
    return this.#index;
  }

  /** In bunches, and only once the input is known to be the right one. */
  async *bunches(): AsyncGenerator<OpenLine[], undefined, undefined> {
    // Never more than were on their way when the earlier run ended.
    let held: OpenLine[] = [];
    for (let file = 0; file < this.#paths.length; file++) {
      const path = this.#paths.length > 1 ? this.#paths[file] : undefined;
      for await (const { first, lines } of this.#input.lines(file)) {
        for (let i = 0; i < lines.length; i++) {
          const line = lines[i]!;
          if (isBlank(line)) continue;
          const index = this.#index++;
          if (!this.#done.has(index)) held.push(opened(line, index, first + i, path));
        }
        if (held.length === 0 || !this.#input.verified) continue;
        yield held;
        held = [];
      }
    }
    if (held.length > 0) yield held;
  }
}

function opened(line: InputLine, index: number, number: number, path: string | undefined): OpenLine {
  if (typeof line === 'string') return new OpenLine(index, number, path, 'json', line);
  return new OpenLine(index, number, path, line.form, line.text, line.bytes);
}
