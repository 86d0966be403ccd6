import type { Compare } from './compare.ts';

/**
 * Counts the ballots of one task. The relation between ballots need not be transitive: with a tolerance, a may equal b and b equal
 * c while a and c differ. So there are no groups; a ballot is canonical once `quorum` ballots equal it, itself included. Of several
 * that become so at once, the first cast is.
 */
export class BallotBox {
  readonly #quorum: number;
  readonly #compare: Compare;
  readonly #cast: unknown[] = [];
  /** For each ballot, the indices of those that are equal to it, itself included. Absent as long as each equals each, which is the rule. */
  #equals: number[][] | undefined;
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
    return this.#cast[index];
  }

  /**
   * Adds a ballot and compares it with those before.
   * @throws what the comparison throws; then the ballot is not counted
   */
  cast(value: unknown): void {
    const index = this.#cast.length;
    const differ: number[] = [];
    for (let i = 0; i < index; i++) if (!this.#compare(this.#cast[i], value)) differ.push(i);
    this.#cast.push(value);
    if (differ.length === 0 && this.#equals === undefined) this.#count(0, index + 1);
    else this.#relate(index, differ);
  }

  /** Whether every ballot agrees with the canonical one. Not the same as that one agrees with all: equality within a tolerance is not transitive. */
  get unanimous(): boolean {
    return this.#equals === undefined || this.#equals[this.canonical!]!.length === this.#cast.length;
  }

  /** Whether a ballot agrees with the canonical one. Not before there is one. */
  won(index: number): boolean {
    return this.#equals === undefined || this.#equals[this.canonical!]!.includes(index);
  }

  /** @param differ earlier ballots that this one does not equal */
  #relate(index: number, differ: readonly number[]): void {
    const before = Array.from({ length: index }, (_, i) => i);
    this.#equals ??= before.map(() => [...before]);
    const equals = this.#equals;
    const own = before.filter((i) => !differ.includes(i));
    for (const i of own) equals[i]!.push(index);
    equals.push([...own, index]);
    for (let i = 0; i <= index; i++) this.#count(i, equals[i]!.length);
  }

  /** @param length ballots that equal this one */
  #count(index: number, length: number): void {
    if (length > this.best) this.best = length;
    if (this.canonical === undefined && length >= this.#quorum) this.canonical = index;
  }
}
