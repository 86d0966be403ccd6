import { mix32 } from '../../../src/core/random.ts';

interface Entry {
  readonly code: number;
  count: number;
}

/** What happened, in order: as one running hash, and as text if it is to be read. */
export class Journal {
  readonly #write: ((line: string) => void) | undefined;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  hash = 0x9e3779b9;

  constructor(now: () => number, write?: (line: string) => void) {
    this.#now = now;
    this.#write = write;
  }

  /** Whether it is read. */
  get read(): boolean {
    return this.#write !== undefined;
  }

  count(what: string): number {
    return this.#entries.get(what)?.count ?? 0;
  }

  counts(): Record<string, number> {
    return Object.fromEntries([...this.#entries].map(([what, { count }]) => [what, count]));
  }

  note(what: string, a = 0, b = 0, c = 0): void {
    let entry = this.#entries.get(what);
    if (entry === undefined) {
      entry = { code: mix32(this.#entries.size + 1), count: 0 };
      this.#entries.set(what, entry);
    }
    entry.count++;
    const now = this.#now();
    let h = Math.imul(this.hash ^ entry.code, 0x01000193) ^ ((now * 1024) | 0);
    h = Math.imul(h ^ a, 0x85ebca6b) ^ (h >>> 15);
    this.hash = Math.imul(h ^ (b * 31 + c), 0xc2b2ae35) ^ (h >>> 13);
    if (this.#write !== undefined) this.#write(`${now.toFixed(3).padStart(12)}  ${what.padEnd(22)} ${a} ${b} ${c}`);
  }

  /** More about the last entry, for readers only. */
  remark(text: () => string): void {
    if (this.#write !== undefined) this.#write(`${' '.repeat(14)}${text()}`);
  }
}
