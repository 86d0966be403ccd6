const PAGE_BITS = 65_536;

interface Page {
  readonly words: Uint32Array;
  count: number;
}

/**
 * A set of line indexes that stays small while they arrive roughly in order: one bit an index, in pages of 65,536
 * (8 KiB each). A full page costs one entry of a map, and none once all before it are full too. So a finished prefix
 * of any length is one number, and the worst case, every second of 10^9 lines missing, is 125 MB.
 */
export class IndexSet {
  readonly #pages = new Map<number, Page | 'full'>();
  /** Pages below this one are full. */
  #floor = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Pages that are kept, full ones included. */
  get pages(): number {
    return this.#pages.size;
  }

  /** Memory that the bits take. */
  get bytes(): number {
    let open = 0;
    for (const page of this.#pages.values()) if (page !== 'full') open++;
    return (open * PAGE_BITS) / 8;
  }

  /** False if it was there already. */
  add(index: number): boolean {
    const number = Math.floor(index / PAGE_BITS);
    if (number < this.#floor) return false;
    let page = this.#pages.get(number);
    if (page === 'full') return false;
    if (page === undefined) {
      page = { words: new Uint32Array(PAGE_BITS / 32), count: 0 };
      this.#pages.set(number, page);
    }
    const bit = index % PAGE_BITS;
    const mask = 1 << (bit & 31);
    const word = page.words[bit >>> 5]!;
    if ((word & mask) !== 0) return false;
    page.words[bit >>> 5] = word | mask;
    this.#size++;
    if (++page.count === PAGE_BITS) this.#close(number);
    return true;
  }

  has(index: number): boolean {
    const number = Math.floor(index / PAGE_BITS);
    if (number < this.#floor) return true;
    const page = this.#pages.get(number);
    if (page === undefined) return false;
    if (page === 'full') return true;
    const bit = index % PAGE_BITS;
    return (page.words[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  }

  /** The smallest index that is not in the set. */
  firstMissing(): number {
    const page = this.#pages.get(this.#floor);
    let index = this.#floor * PAGE_BITS;
    if (page === undefined || page === 'full') return index;
    while (this.has(index)) index++;
    return index;
  }

  /** All indexes below `end`, and no others. */
  static prefix(end: number): IndexSet {
    const set = new IndexSet();
    set.#floor = Math.floor(end / PAGE_BITS);
    set.#size = set.#floor * PAGE_BITS;
    for (let index = set.#size; index < end; index++) set.add(index);
    return set;
  }

  #close(number: number): void {
    this.#pages.set(number, 'full');
    while (this.#pages.get(this.#floor) === 'full') this.#pages.delete(this.#floor++);
  }
}
