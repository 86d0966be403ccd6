/** A record and the file it belongs to. */
export interface DueRecord {
  readonly to: 'results' | 'failed';
  readonly text: string;
}

/** Lets records through in the order of their indexes, without a gap; those that come early wait. */
export class InOrder {
  readonly #write: (record: DueRecord) => void;
  readonly #early = new Map<number, DueRecord>();
  #next: number;
  #weight = 0;

  /** `next` is the first index that will come. */
  constructor(next: number, write: (record: DueRecord) => void) {
    this.#next = next;
    this.#write = write;
  }

  /** Characters that wait. */
  get weight(): number {
    return this.#weight;
  }

  put(index: number, record: DueRecord): void {
    if (index !== this.#next) {
      this.#early.set(index, record);
      this.#weight += record.text.length;
      return;
    }
    this.#write(record);
    for (let due = this.#early.get(++this.#next); due !== undefined; due = this.#early.get(++this.#next)) {
      this.#early.delete(this.#next);
      this.#weight -= due.text.length;
      this.#write(due);
    }
  }
}
