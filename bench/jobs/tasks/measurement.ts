interface Measurement {
  readonly id: string;
  readonly values: readonly number[];
  readonly place: { readonly name: string };
}

/** A long line shortened to what is asked for. */
export default function summary({ id, values, place }: Measurement): { id: string; place: string; max: number; mean: number } {
  let [max, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (value > max) max = value;
    sum += value;
  }
  return { id, place: place.name, max, mean: Math.round((1_000 * sum) / values.length) / 1_000 };
}
