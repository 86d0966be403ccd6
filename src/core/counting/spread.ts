/** Parts of a power of two: a time is known to within one in this many. */
const PARTS = 32;
/** Powers of two that are told apart: from a thousandth of a millisecond to twelve days. */
const POWERS = 40;
/** Times below this power of two, in milliseconds, are one. */
const LEAST = 2 ** -10;

/** Times in milliseconds, each known to within three per cent, in constant memory: so that the share of those below any time can be told. */
export class Spread {
  #counts: Uint32Array | undefined;
  #count = 0;
  min: number = Number.POSITIVE_INFINITY;
  max = 0;

  get count(): number {
    return this.#count;
  }

  observe(ms: number): void {
    this.#counts ??= new Uint32Array(PARTS * POWERS);
    this.#counts[placeOf(ms)]!++;
    this.#count++;
    if (ms < this.min) this.min = ms;
    if (ms > this.max) this.max = ms;
  }

  /** Counts those of another as well. */
  add(other: Spread): void {
    if (other.#counts === undefined) return;
    this.#counts ??= new Uint32Array(PARTS * POWERS);
    for (let i = 0; i < other.#counts.length; i++) this.#counts[i]! += other.#counts[i]!;
    this.#count += other.#count;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
  }

  /** The time that this share of all times does not exceed; 0 if there are none. @param share 0 to 1 */
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

function placeOf(ms: number): number {
  const units = ms / LEAST;
  if (!(units >= 1)) return 0;
  // Of whole numbers of 32 bits the power is a single instruction; times beyond half an hour take longer.
  const power = units < 2 ** 32 ? 31 - Math.clz32(units) : Math.min(POWERS - 1, Math.floor(Math.log2(units)));
  return power * PARTS + Math.min(PARTS - 1, Math.floor((units / 2 ** power - 1) * PARTS));
}

function middleOf(place: number): number {
  const power = Math.floor(place / PARTS);
  return LEAST * 2 ** power * (1 + ((place % PARTS) + 0.5) / PARTS);
}
