import { mix32 } from '../../src/core/random.ts';

/** What happened, in order: as one running hash, and as text if somebody wants to read it. */
export class Journal {
  readonly #write: ((line: string) => void) | undefined;
  readonly #now: () => number;
  readonly #codes = new Map<string, number>();
  readonly counts: Map<string, number> = new Map();
  entries = 0;
  hash = 0x9e3779b9;

  constructor(now: () => number, write?: (line: string) => void) {
    this.#now = now;
    this.#write = write;
  }

  note(what: string, a = 0, b = 0, c = 0): void {
    let code = this.#codes.get(what);
    if (code === undefined) {
      code = mix32(this.#codes.size + 1);
      this.#codes.set(what, code);
      this.counts.set(what, 0);
    }
    this.counts.set(what, this.counts.get(what)! + 1);
    this.entries++;
    const now = this.#now();
    let h = Math.imul(this.hash ^ code, 0x01000193) ^ ((now * 1024) | 0);
    h = Math.imul(h ^ a, 0x85ebca6b) ^ (h >>> 15);
    this.hash = Math.imul(h ^ (b * 31 + c), 0xc2b2ae35) ^ (h >>> 13);
    if (this.#write !== undefined) this.#write(`${now.toFixed(3).padStart(12)}  ${what.padEnd(22)} ${a} ${b} ${c}`);
  }

  /** More about the last entry, for readers only. */
  remark(text: () => string): void {
    if (this.#write !== undefined) this.#write(`${' '.repeat(14)}${text()}`);
  }
}
