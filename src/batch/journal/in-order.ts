/** A record and the file it belongs to. */
export type DueRecord =
  | { readonly to: 'results'; readonly text: string }
  /** A dead letter, and the kind of its failure. */
  | { readonly to: 'failed'; readonly text: string; readonly kind: string };

/** A record, or the JSON text of a result, of which one is made when its turn has come: in one piece it waits for less. */
export type Waiting = DueRecord | string;

/** A power of two, usually more than the number of early outcomes. */
const PLACES = 4_096;

function weightOf(waiting: Waiting): number {
  return typeof waiting === 'string' ? waiting.length : waiting.text.length;
}

/** Lets records through in the order of their indexes, without a gap. Those that come early wait in a ring, which grows with how early they are. */
export class InOrder {
  readonly #write: (index: number, waiting: Waiting) => void;
  #ring: (Waiting | undefined)[] = new Array(PLACES).fill(undefined);
  #next: number;
  #weight = 0;

  /** `next` is the first index that will come. */
  constructor(next: number, write: (index: number, waiting: Waiting) => void) {
    this.#write = write;
    this.#next = next;
  }

  /** Characters that wait. */
  get weight(): number {
    return this.#weight;
  }

  put(index: number, waiting: Waiting): void {
    if (index !== this.#next) {
      while (index - this.#next >= this.#ring.length) this.#grow();
      this.#ring[index % this.#ring.length] = waiting;
      this.#weight += weightOf(waiting);
      return;
    }
    this.#write(index, waiting);
    for (;;) {
      const next = ++this.#next;
      const place = next % this.#ring.length;
      const due = this.#ring[place];
      if (due === undefined) return;
      this.#ring[place] = undefined;
      this.#weight -= weightOf(due);
      this.#write(next, due);
    }
  }

  #grow(): void {
    const old = this.#ring;
    this.#ring = new Array(old.length * 2).fill(undefined);
    for (let index = this.#next; index < this.#next + old.length; index++) this.#ring[index % this.#ring.length] = old[index % old.length];
  }
}
