import { bytesOf, hasNamedProperties, type Kind, kindOf, sameBytes } from './kind.ts';
import { pairable } from './matching.ts';

/** Decides for two numbers; everything else has one right answer. */
export type NumbersEqual = (a: number, b: number) => boolean;

/** An array with this many holes in a row is walked by its keys. */
const SPARSE = 1000;

/**
 * Structural equality of two results: arrays, plain objects (in any order of keys), Map and Set (in any order), Date, RegExp,
 * Error, typed arrays and buffers, boxed and bare primitives, cycles. What it does not know it refuses, because to call it equal
 * would be a guess. Use one for one comparison.
 */
export class Structure {
  readonly #numbersEqual: NumbersEqual;
  readonly #exact: boolean;
  /** Pairs that are being compared, or were found equal: where a cycle comes back to one, it is taken as equal. */
  #partner: Map<object, object> | undefined;
  /** Further partners of the same object. Rare. */
  #partners: Map<object, Set<object>> | undefined;
  /** Pairs made since a try began that may fail without the whole being unequal; they are forgotten with it. */
  #trail: [object, object][] | undefined;

  constructor(numbersEqual: NumbersEqual) {
    this.#numbersEqual = numbersEqual;
    this.#exact = numbersEqual === Object.is;
  }

  /** @throws {TypeError} for a kind of object that cannot be compared */
  equal(a: unknown, b: unknown): boolean {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
      return Object.is(a, b) || (typeof a === 'number' && typeof b === 'number' && this.#numbersEqual(a, b));
    }
    const kind = kindOf(a);
    if (kind !== kindOf(b)) return false;
    return a === b || this.#compare(kind, a as never, b as never);
  }

  #compare(kind: Kind, a: never, b: never): boolean {
    switch (kind) {
      case 'array':
        return this.#begun(a, b) || this.#arrays(a, b);
      case 'plain':
        return this.#begun(a, b) || this.#properties(a, b);
      case 'map':
        return this.#begun(a, b) || this.#maps(a, b);
      case 'set':
        return this.#begun(a, b) || this.#sets(a, b);
      case 'error':
        return this.#begun(a, b) || this.#errors(a, b);
      case 'typed':
        return this.#typed(a, b);
      case 'memory':
        return sameBytes(bytesOf(a), bytesOf(b));
      case 'boxed':
      case 'date':
        return this.equal((a as object).valueOf(), (b as object).valueOf());
      case 'regexp':
        return String(a) === String(b) && (a as RegExp).lastIndex === (b as RegExp).lastIndex;
    }
  }

  /** Whether the comparison of this pair has begun before; notes that it has now. */
  #begun(a: object, b: object): boolean {
    this.#partner ??= new Map();
    const partner = this.#partner.get(a);
    if (partner === b) return true;
    if (partner === undefined) {
      this.#partner.set(a, b);
    } else {
      this.#partners ??= new Map();
      const others = this.#partners.get(a) ?? new Set();
      if (others.has(b)) return true;
      this.#partners.set(a, others.add(b));
    }
    this.#trail?.push([a, b]);
    return false;
  }

  /** Runs a comparison that may fail without the whole being unequal. */
  #try(compare: () => boolean): boolean {
    const outer = this.#trail;
    const trail: [object, object][] = [];
    this.#trail = trail;
    const equal = compare();
    this.#trail = outer;
    if (equal) {
      for (const pair of trail) outer?.push(pair);
    } else {
      for (const [a, b] of trail) {
        if (this.#partner?.get(a) === b) this.#partner.delete(a);
        else this.#partners?.get(a)?.delete(b);
      }
    }
    return equal;
  }

  #arrays(a: unknown[], b: unknown[]): boolean {
    if (a.length !== b.length) return false;
    for (let i = 0, holes = 0; i < a.length; i++) {
      if (!this.equal(a[i], b[i])) return false;
      if (a[i] !== undefined) holes = 0;
      else if (i in a !== i in b) return false;
      else if (!(i in a) && ++holes > SPARSE) return this.#properties(a as never, b as never);
    }
    return (!hasNamedProperties(a) && !hasNamedProperties(b)) || this.#properties(a as never, b as never);
  }

  #properties(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) if (!Object.hasOwn(b, key) || !this.equal(a[key], b[key])) return false;
    return true;
  }

  /** Not the stack: it tells where, not what. */
  #errors(a: Error, b: Error): boolean {
    if (a.name !== b.name || a.message !== b.message || Object.hasOwn(a, 'cause') !== Object.hasOwn(b, 'cause')) return false;
    return this.equal(a.cause, b.cause);
  }

  /** Objects have no identity here, and a number may have to give way to one as near: such members are matched, not looked up. */
  #loose(member: unknown): boolean {
    return (typeof member === 'object' && member !== null) || (!this.#exact && typeof member === 'number');
  }

  #sets(a: Set<unknown>, b: Set<unknown>): boolean {
    if (a.size !== b.size) return false;
    const rest: unknown[] = [];
    for (const value of a) {
      if (this.#loose(value)) rest.push(value);
      else if (!b.has(value)) return false;
    }
    if (rest.length === 0) return true;
    const others = [...b].filter((value) => this.#loose(value));
    return pairable(rest, others, (x, y) => this.#try(() => this.equal(x, y)));
  }

  #maps(a: Map<unknown, unknown>, b: Map<unknown, unknown>): boolean {
    if (a.size !== b.size) return false;
    const rest: [unknown, unknown][] = [];
    for (const entry of a) {
      const [key, value] = entry;
      if (this.#loose(key)) rest.push(entry);
      else if (!b.has(key) || !this.equal(value, b.get(key))) return false;
    }
    if (rest.length === 0) return true;
    const others = [...b].filter(([key]) => this.#loose(key));
    return pairable(rest, others, (x, y) => this.#try(() => this.equal(x[0], y[0]) && this.equal(x[1], y[1])));
  }

  #typed(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
    const [viewA, viewB] = [a as unknown as NodeJS.TypedArray, b as unknown as NodeJS.TypedArray];
    if (a.length !== b.length || viewA[Symbol.toStringTag] !== viewB[Symbol.toStringTag]) return false;
    if (sameBytes(bytesOf(viewA), bytesOf(viewB))) return true;
    // Not yet unequal: there may be a tolerance, and NaN has many bit patterns.
    for (let i = 0; i < a.length; i++) if (!this.equal(a[i], b[i])) return false;
    return true;
  }
}
