import type { BatchPool } from '../batch-pool.ts';
import { inexactNumber } from './exact-numbers.ts';
import type { OpenLine } from './open-line.ts';
import { BadLineError, looksLikeLetter, notExact, parseLine, parseText } from './parse-line.ts';

export interface LineValueOptions {
  readonly maxLine: number;
  readonly deadLetters: boolean;
  /** Lines with a number that JSON.parse would change are bad lines; otherwise the first one is reported as a note. */
  readonly exactNumbers: boolean;
  /** What the pool takes: where it takes lines, those that are no JSON are found in its threads. */
  readonly gives: BatchPool['form'];
  readonly onBad: (line: OpenLine, error: BadLineError) => void;
  readonly onNote: (note: string) => void;
}

const LETTER_HINT =
  'The first line looks like a dead letter. It is run as it is; to run the input that it holds, say deadLetters (--dead-letters).';

/** What the first line looks like that is no JSON. */
function formHint(text: string): string {
  const isCsv = /^[^,;\t{[]+([,;\t][^,;\t{[]*)+$/.test(text);
  const form = isCsv ? "It looks like CSV: if it is, say format 'csv'." : "If its lines are texts, say format 'lines'.";
  return `The input does not begin with a line of JSON. ${form}`;
}

/** In the place of a value: the line is a dead letter by now. */
export const BAD: unique symbol = Symbol('bad line');

/** From a line to what the pool is given for it. */
export class LineValues {
  readonly #options: LineValueOptions;
  /** A number that is not exact has been reported. */
  #told = false;

  constructor(options: LineValueOptions) {
    this.#options = options;
  }

  /** The value or the text of a line; `BAD` if it is no task, and has become a dead letter. */
  of(line: OpenLine): unknown {
    const { gives, deadLetters, onBad } = this.#options;
    let value: unknown = line.text;
    if (gives === 'values' || deadLetters || line.index === 0 || line.form !== 'json') {
      value = this.#parsed(line);
      if (value instanceof BadLineError) {
        onBad(line, value);
        return BAD;
      }
      if (gives === 'lines') value = line.text;
    }
    return line.form === 'json' && this.#isInexact(line) ? BAD : value;
  }

  /** The same for a line that has been given to the pool before. */
  again(line: OpenLine): unknown {
    return this.#options.gives === 'lines' ? line.text : parseText(line);
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
    if (line.index === 0 && !deadLetters) {
      if (looksLikeLetter(value)) onNote(LETTER_HINT);
      else if (value instanceof BadLineError && value.code === 'ERR_LINE_NOT_JSON') onNote(formHint(line.text));
    }
    return value;
  }
}
