/** When a pool with this `silence` finds out. */
export interface Detection {
  readonly silence: number;
  /** Milliseconds between two beats of a node: two looks of the pool. */
  readonly beat: number;
  /** A node that vanishes this long after a look that has seen a new beat is missed on time. */
  readonly lead: number;
}

/** Looks within `silence`, and what lies between two at most: as the pool has them. */
const LOOKS = 8;
const LONGEST = 250;

/** Which silence makes a pool know of a loss after this many milliseconds: it looks at its nodes now and then, and not all the time. */
export function detectionOf(noticed: number): Detection {
  let best: Detection | undefined;
  for (let silence = Math.max(100, Math.round(noticed) - 2 * LONGEST); silence <= noticed + LONGEST; silence++) {
    const every = Math.min(LONGEST, Math.max(10, Math.round(silence / LOOKS)));
    const beat = 2 * every;
    // Between two looks, so that it does not depend on rounding which of them it is.
    const looks = Math.ceil(Math.max(silence, 4 * beat) / every);
    const slack = looks * every - Math.max(silence, 4 * beat);
    const lead = looks * every - noticed;
    if (lead < 0 || lead >= every || (slack < 1 && every > 20)) continue;
    if (best === undefined || lead < best.lead) best = { silence, beat, lead };
  }
  if (best === undefined) throw new RangeError(`Expected a time in which a pool can notice that a node is silent. Got ${noticed} ms.`);
  return best;
}
