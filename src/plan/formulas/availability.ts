/** Share of time that something is down which works for `mtbf` on average and then takes `takeover` to come back. */
export const unavailability = (mtbf: number, takeover: number): number => takeover / (mtbf + takeover);

/** Longest take-over that an unavailability of 10^-nines allows: u * MTBF / (1 - u). The inverse of `unavailability`. */
export function longestTakeover(mtbf: number, nines: number): number {
  const allowed = 10 ** -nines;
  return (allowed * mtbf) / (1 - allowed);
}

/** How many nines an unavailability is. */
export const ninesOf = (share: number): number => -Math.log10(share);

/** Failures a millisecond of `nodes` nodes. */
export const failureRate = (nodes: number, mtbf: number): number => nodes / mtbf;

/** Trials without a failure that show, with 95 % confidence, that the rate is below 10^-nines: the rule of three. */
export const trialsToShow = (nines: number): number => 3 * 10 ** nines;
