import { types } from 'node:util';
import { wrongBigInt, wrongElement, wrongNumber, wrongText, wrongTime } from './wrong-values.ts';

/**
 * Changes one leaf of a structure to a wrong value, in place. A leaf is what has many values: a number, a text, a date, a block
 * of memory; no flag and no `null`.
 * @returns false if the structure has no leaf
 */
export function corruptLeaf(root: object, place: number, variant: number): boolean {
  const counted = new LeafWalk(Number.POSITIVE_INFINITY, place, variant).over(root);
  if (counted === 0) return false;
  new LeafWalk(place % counted, place, variant).over(root);
  return true;
}

/** Walks over the leaves, always in the same order, and keeps no list of them: a result may be large, and a heap small. */
class LeafWalk {
  readonly #wanted: number;
  readonly #place: number;
  readonly #variant: number;
  readonly #seen = new Set<object>();
  readonly #open: object[] = [];
  #passed = 0;

  /** @param wanted number of the leaf that is changed, from 0 */
  constructor(wanted: number, place: number, variant: number) {
    this.#wanted = wanted;
    this.#place = place;
    this.#variant = variant;
  }

  /** Returns the number of leaves up to the wanted one, itself included. */
  over(root: object): number {
    this.#enter(root);
    for (let next = this.#open.pop(); next !== undefined && !this.#done; next = this.#open.pop()) this.#object(next);
    return this.#passed;
  }

  get #done(): boolean {
    return this.#passed > this.#wanted;
  }

  #enter(value: object): void {
    if (this.#seen.has(value)) return;
    this.#seen.add(value);
    this.#open.push(value);
  }

  #leaf(change: () => void): void {
    if (this.#passed++ === this.#wanted) change();
  }

  #value(value: unknown, put: (wrong: unknown) => void): void {
    if (this.#done) return;
    if (typeof value === 'number') this.#leaf(() => put(wrongNumber(value, this.#variant)));
    else if (typeof value === 'bigint') this.#leaf(() => put(wrongBigInt(value, this.#variant)));
    else if (typeof value === 'string') this.#leaf(() => put(wrongText(value, this.#place, this.#variant)));
    else if (typeof value === 'object' && value !== null) this.#enter(value);
  }

  #object(value: object): void {
    if (types.isDate(value)) this.#leaf(() => value.setTime(wrongTime(value.getTime(), this.#variant)));
    else if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) this.#memory(value);
    else if (types.isMap(value)) for (const [key, entry] of value) this.#value(entry, (wrong) => value.set(key, wrong));
    else if (types.isSet(value)) for (const member of value) this.#value(member, (wrong) => replace(value, member, wrong));
    else if (types.isNativeError(value)) this.#value(value.message, (wrong) => Object.defineProperty(value, 'message', { value: wrong }));
    else this.#fields(value as Record<string, unknown>);
  }

  #fields(record: Record<string, unknown>): void {
    for (const key of Object.keys(record)) {
      this.#value(record[key], (wrong) => {
        record[key] = wrong;
      });
    }
  }

  /** Shared memory is left alone: it is no copy, others read it. */
  #memory(value: ArrayBufferLike | ArrayBufferView): void {
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
    if (types.isSharedArrayBuffer(buffer) || value.byteLength === 0) return;
    const elements = types.isTypedArray(value) ? value : bytesOf(value);
    const at = this.#place % elements.length;
    this.#leaf(() => {
      elements[at] = wrongElement(elements, at, this.#variant) as never;
    });
  }
}

function replace(set: Set<unknown>, member: unknown, wrong: unknown): void {
  set.delete(member);
  set.add(wrong);
}

function bytesOf(value: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}
