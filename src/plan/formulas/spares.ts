import { compoundPoisson } from './chance.ts';

export interface Fleet {
  readonly nodes: number;
  /** Milliseconds. */
  readonly mtbf: number;
  /** Milliseconds from the failure of a node to its return as a spare. */
  readonly repair: number;
  /** Share of the node failures that take a whole domain with them. */
  readonly together: number;
  /** Nodes of a domain. */
  readonly domain: number;
}

/**
 * Nodes that are missing on average when `spares` stand by: E[(down - spares)+]. The number that is down is a compound Poisson
 * variable, whatever the distribution of the repair times (Palm's theorem, and Feeney and Sherbrooke's extension to groups).
 * Spares run and fail like the others.
 */
export function missingNodes({ nodes, mtbf, repair, together, domain }: Fleet, spares: number): number {
  const down = ((nodes + spares) * repair) / (mtbf + repair);
  const chances = compoundPoisson(down * (1 - together), (down * together) / domain, domain);
  let missing = 0;
  for (let n = spares + 1; n < chances.length; n++) missing += (n - spares) * chances[n]!;
  return Math.min(nodes, missing);
}

/** Share of the fleet's time in which a node has neither itself nor a spare. */
export const missingShare = (fleet: Fleet, spares: number): number => missingNodes(fleet, spares) / fleet.nodes;

/** Fewest spares with which that share is at most `allowed`; `undefined` above `most`. */
export function sparesFor(fleet: Fleet, allowed: number, most: number): number | undefined {
  if (missingShare(fleet, most) > allowed) return undefined;
  let low = -1;
  let high = most;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (missingShare(fleet, middle) <= allowed) high = middle;
    else low = middle;
  }
  return high;
}
