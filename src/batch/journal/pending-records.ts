/** Records are turned into bytes together, this many characters at a time: a call for each of them would cost more than the work. */
const PIECE = 4_096;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const WIDEST = 3;
/** Bytes that are kept ready once something waits. */
const LEAST = 98_304;
const NOTHING = Buffer.alloc(0);

/**
 * Records that wait to be written, as bytes. Text would be a long chain of small strings that the collector moves
 * again and again while it waits; bytes lie outside its heap.
 */
export class PendingRecords {
  #bytes = NOTHING;
  #used = 0;
  #text = '';

  /** About the bytes that wait: exact, but for what is not ASCII in the last few records. */
  get length(): number {
    return this.#used + this.#text.length;
  }

  /** `record` ends with its line feed. */
  add(record: string): void {
    this.#text += record;
    if (this.#text.length >= PIECE) this.#encode();
  }

  /** Everything that waits, which then waits no more. The bytes are the caller's. */
  take(): Buffer {
    this.#encode();
    const taken = this.#bytes.subarray(0, this.#used);
    this.#bytes = NOTHING;
    this.#used = 0;
    return taken;
  }

  #encode(): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    // Counting takes a walk over the text, and is spared where it fits in any case.
    const free = this.#bytes.length - this.#used;
    if (free < text.length * WIDEST) this.#reserve(Buffer.byteLength(text));
    this.#used += this.#bytes.write(text, this.#used);
  }

  #reserve(more: number): void {
    if (this.#bytes.length - this.#used >= more) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(LEAST, this.#bytes.length * 2, this.#used + more));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
