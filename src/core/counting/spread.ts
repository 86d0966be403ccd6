/** Parts of a power of two: a time is known to within one in this many. */
const PARTS = 32;
/** Powers of two that are counted apart: from a thousandth of a millisecond to twelve days. */
const POWERS = 40;
/** Times below this power of two, in milliseconds, are one. */
const LEAST = 2 ** -10;
/** How many places there are. */
export const PLACES: number = PARTS * POWERS;

/** A number, and its two halves: the power of two, and then the parts of it, are read off the bits of the half that begins with the exponent. */
const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);
const UPPER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;
/** How many bits of that half are finer than a part. */
const FINER = 20 - Math.log2(PARTS);
const FIRST_PLACE = ((): number => {
  number[0] = LEAST;
  return halves[UPPER]! >>> FINER;
})();

/** Where a time is counted: 0 to {@link PLACES} - 1. Three times a task, so it costs a few nanoseconds. @param ms time in milliseconds */
export function placeOf(ms: number): number {
  if (!(ms > LEAST)) return 0;
  number[0] = ms;
  const place = (halves[UPPER]! >>> FINER) - FIRST_PLACE;
  return place < PLACES ? place : PLACES - 1;
}

/** Times in milliseconds, each known to within three per cent, in constant memory: so that the share below any time is known. */
export class Spread {
  #counts: Uint32Array | undefined;
  #count = 0;
  min: number = Number.POSITIVE_INFINITY;
  max = 0;

  get count(): number {
    return this.#count;
  }

  /** @param place what {@link placeOf} tells of the time, for those who need it themselves */
  observe(ms: number, place: number = placeOf(ms)): void {
    this.#counts ??= new Uint32Array(PLACES);
    this.#counts[place]!++;
    this.#count++;
    if (ms < this.min) this.min = ms;
    if (ms > this.max) this.max = ms;
  }

  /** Counts those of another as well. */
  add(other: Spread): void {
    if (other.#counts === undefined) return;
    this.#counts ??= new Uint32Array(PLACES);
    for (let i = 0; i < other.#counts.length; i++) this.#counts[i]! += other.#counts[i]!;
    this.#count += other.#count;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  /** The time that this share of all times does not exceed; 0 if nothing was counted. @param share 0 to 1 */
  quantile(share: number): number {
    if (this.#counts === undefined) return 0;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let place = 0; place < this.#counts.length; place++) {
      left -= this.#counts[place]!;
      if (left <= 0) return Math.min(this.max, Math.max(this.min, middleOf(place)));
    }
    return this.max;
  }
}

function middleOf(place: number): number {
  const power = Math.floor(place / PARTS);
  return LEAST * 2 ** power * (1 + ((place % PARTS) + 0.5) / PARTS);
}
