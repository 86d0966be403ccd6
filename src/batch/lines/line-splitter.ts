import { isUtf8 } from 'node:buffer';

/** A line that is no text to be parsed. */
export interface OddLine {
  /** `bytes`: not UTF-8, as base64. `cut`: too long, only its beginning. `row`: no row of its CSV file. `json`: made from a row. */
  readonly form: 'bytes' | 'cut' | 'row' | 'json';
  readonly text: string;
  /** Length in bytes. */
  readonly bytes: number;
  /** Line of its file, where lines are not counted one by one. */
  readonly number?: number;
}

/** One line of input, without its line end: its text, unless it is odd. */
export type InputLine = string | OddLine;

const LINE_FEED = 10;
/** Bytes that are kept of a line that is too long. */
const KEPT = 1_000;

/**
 * Cuts chunks into lines, and never holds more than a chunk and one line of at most `maxLine` bytes. Whole chunks are
 * turned into text and split there: a view of the bytes for each line would cost more than its parsing.
 */
export class LineSplitter {
  readonly #maxLine: number;
  readonly #end: number;
  #held: Buffer[] = [];
  #heldLength = 0;
  /** Lines given so far. */
  #given = 0;

  /** `end`: the byte that ends a line. */
  constructor(maxLine: number, end: number = LINE_FEED) {
    this.#maxLine = maxLine;
    this.#end = end;
  }

  /** Number of the last line that was given, from 1. */
  get given(): number {
    return this.#given;
  }

  /** Bytes of a line that has begun and not ended. */
  get pending(): number {
    return this.#heldLength;
  }

  /** The lines that end in this chunk. */
  push(chunk: Buffer): InputLine[] {
    const first = chunk.indexOf(this.#end);
    if (first === -1) {
      this.#hold(chunk);
      return [];
    }
    this.#hold(chunk.subarray(0, first));
    const lines = [this.#take()];
    const last = chunk.lastIndexOf(this.#end);
    if (last > first) this.#split(chunk.subarray(first + 1, last), lines);
    if (last + 1 < chunk.length) this.#hold(chunk.subarray(last + 1));
    this.#given += lines.length;
    return lines;
  }

  /** The last line, if it had no line feed. */
  end(): InputLine | undefined {
    if (this.#heldLength === 0) return undefined;
    const line = this.#take();
    this.#given++;
    return line;
  }

  /** Adds the lines of `block`, which has a line feed between two, and none at its end. */
  #split(block: Buffer, lines: InputLine[]): void {
    if (isUtf8(block) && block.length <= this.#maxLine) {
      for (const text of block.toString().split(String.fromCharCode(this.#end))) lines.push(this.#bare(text));
      return;
    }
    for (let at = 0; at <= block.length; ) {
      const feed = block.indexOf(this.#end, at);
      const end = feed === -1 ? block.length : feed;
      lines.push(this.#line(block.subarray(at, end)));
      at = end + 1;
    }
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    const before = this.#heldLength;
    this.#heldLength += piece.length;
    if (before >= KEPT && before > this.#maxLine) return;
    this.#held.push(piece);
    // Too long from here on: keep the beginning, in memory of its own, and let the rest go by.
    if (this.#heldLength > this.#maxLine) this.#held = [Buffer.from(Buffer.concat(this.#held).subarray(0, KEPT))];
  }

  #take(): InputLine {
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    const length = this.#heldLength;
    this.#held = [];
    this.#heldLength = 0;
    const line = length > this.#maxLine ? cut(bytes, length) : this.#line(bytes);
    // Some editors put a mark before the first line.
    return this.#given === 0 && typeof line === 'string' && line.charCodeAt(0) === 0xfeff ? line.slice(1) : line;
  }

  /** Without a carriage return at its end, if it ended with a line feed. */
  #bare(text: string): string {
    return this.#end === LINE_FEED && text.charCodeAt(text.length - 1) === 13 ? text.slice(0, -1) : text;
  }

  #line(bytes: Buffer): InputLine {
    if (bytes.length > this.#maxLine) return cut(bytes, bytes.length);
    return isUtf8(bytes) ? this.#bare(bytes.toString()) : { form: 'bytes', text: bytes.toString('base64'), bytes: bytes.length };
  }
}

function cut(bytes: Buffer, length: number): OddLine {
  return { form: 'cut', text: bytes.subarray(0, KEPT).toString(), bytes: length };
}
