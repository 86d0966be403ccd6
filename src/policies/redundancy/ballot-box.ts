import type { Compare } from './compare.ts';

interface Cast {
  readonly value: unknown;
  /** Indices of the ballots that are equal to this one, itself included. */
  readonly equals: number[];
}

/**
 * Counts the ballots of one task. The relation between ballots need not be transitive: with a tolerance, a may equal b and b equal
 * c while a and c differ. So there are no groups; a ballot is canonical once `quorum` ballots equal it, itself included. Of several
 * that become so at once, the first cast is.
 */
export class BallotBox {
  readonly #quorum: number;
  readonly #compare: Compare;
  readonly #cast: Cast[] = [];
  /** Index of the canonical ballot. Once there is one, it stays. */
  canonical: number | undefined;
  /** Most ballots that equal one and the same ballot. */
  best = 0;

  constructor(quorum: number, compare: Compare) {
    this.#quorum = quorum;
    this.#compare = compare;
  }

  get size(): number {
    return this.#cast.length;
  }

  value(index: number): unknown {
    return this.#cast[index]!.value;
  }

  /**
   * Adds a ballot and compares it with those before.
   * @throws what the comparison throws; then the ballot is not counted
   */
  cast(value: unknown): void {
    const index = this.#cast.length;
    const equals: number[] = [];
    for (let i = 0; i < index; i++) if (this.#compare(this.#cast[i]!.value, value)) equals.push(i);
    for (const i of equals) this.#cast[i]!.equals.push(index);
    equals.push(index);
    this.#cast.push({ value, equals });
    for (let i = 0; i <= index; i++) {
      const { length } = this.#cast[i]!.equals;
      if (length > this.best) this.best = length;
      if (this.canonical === undefined && length >= this.#quorum) this.canonical = i;
    }
  }

  /** Whether every ballot agrees with the canonical one. Not the same as that one agrees with all: equality within a tolerance is not transitive. */
  get unanimous(): boolean {
    return this.#cast[this.canonical!]!.equals.length === this.#cast.length;
  }

  /** Whether a ballot agrees with the canonical one. Not before there is one. */
  won(index: number): boolean {
    return this.#cast[this.canonical!]!.equals.includes(index);
  }
}
