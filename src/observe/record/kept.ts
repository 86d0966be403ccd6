import type { Kept } from '../frames.ts';

/** Records of one kind that are kept in full. */
const EACH = 12;
/** Kinds that have records: what comes from a task may be any text. */
const KINDS = 24;
const OTHERS = '(others)';
/** Records that are made for one tick: of a flood, the rest is counted. */
const PER_TICK = 20;

interface Recorded {
  readonly id: number;
}

/** Things that went wrong, by kind: all are counted, the last of each kind are kept. */
export class KeptByKind<T extends Recorded> {
  readonly #counts = new Map<string, number>();
  readonly #last = new Map<string, T[]>();
  #fresh: T[] = [];
  #left = PER_TICK;
  #changed = false;
  #id = 0;

  /** @param make is called only if the record will be shown */
  add(given: string, make: (id: number) => T): void {
    const kind = this.#counts.has(given) || this.#counts.size < KINDS ? given : OTHERS;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#changed = true;
    if (this.#left === 0) return;
    this.#left--;
    const record = make(++this.#id);
    this.#fresh.push(record);
    const last = this.#last.get(kind) ?? [];
    last.push(record);
    if (last.length > EACH) last.shift();
    this.#last.set(kind, last);
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** All of it. */
  all(): Kept<T> {
    return { counts: this.counts, last: [...this.#last.values()].flat().sort((a, b) => a.id - b.id) };
  }

  /** What has come since the last call; null if nothing has. */
  take(): Kept<T> | null {
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#left = PER_TICK;
    if (!this.#changed) return null;
    this.#changed = false;
    return { counts: this.counts, last: fresh };
  }
}
