/** One line of input, without its line feed, or the carriage return before it. */
export type InputLine =
  | { readonly form: 'whole'; readonly number: number; readonly bytes: Buffer }
  /** Longer than the limit: only its beginning was kept. */
  | { readonly form: 'cut'; readonly number: number; readonly head: Buffer; readonly length: number };

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Bytes that are kept of a line that is too long. */
const KEPT = 1_000;

/** Cuts chunks into lines, and never holds more than one line of at most `maxLine` bytes. */
export class LineSplitter {
  readonly #maxLine: number;
  #held: Buffer[] = [];
  #heldLength = 0;
  #number = 0;

  constructor(maxLine: number) {
    this.#maxLine = maxLine;
  }

  /** Bytes of a line that has begun and not ended. */
  get pending(): number {
    return this.#heldLength;
  }

  /** The lines that end in this chunk. Their bytes belong to the chunk: use them before it is written to again. */
  push(chunk: Buffer): InputLine[] {
    const lines: InputLine[] = [];
    let at = 0;
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, at)) {
      const piece = chunk.subarray(at, feed);
      at = feed + 1;
      if (this.#heldLength === 0 && piece.length <= this.#maxLine) lines.push(this.#whole(piece));
      else {
        this.#hold(piece);
        lines.push(this.#take());
      }
    }
    if (at < chunk.length) this.#hold(chunk.subarray(at));
    return lines;
  }

  /** The last line, if it had no line feed. */
  end(): InputLine | undefined {
    return this.#heldLength === 0 ? undefined : this.#take();
  }

  #hold(piece: Buffer): void {
    const fits = this.#heldLength <= this.#maxLine;
    this.#heldLength += piece.length;
    if (!fits) return;
    this.#held.push(piece);
    // Too long from here on: keep the beginning, in memory of its own, and let the rest go by.
    if (this.#heldLength > this.#maxLine) this.#held = [Buffer.from(Buffer.concat(this.#held).subarray(0, KEPT))];
  }

  #take(): InputLine {
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    const length = this.#heldLength;
    this.#held = [];
    this.#heldLength = 0;
    return length > this.#maxLine ? { form: 'cut', number: ++this.#number, head: bytes, length } : this.#whole(bytes);
  }

  #whole(bytes: Buffer): InputLine {
    // Some editors put a mark before the first line.
    const start = ++this.#number === 1 && bytes.length >= 3 && bytes.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0;
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
    return { form: 'whole', number: this.#number, bytes: bytes.subarray(start, end) };
  }
}
