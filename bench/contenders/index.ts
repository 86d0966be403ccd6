import { bareRequests } from './bare-requests.ts';
import { cells } from './cells.ts';
import type { Contender } from './contender.ts';
import { glued } from './glued.ts';
import { holdfast } from './holdfast.ts';
import { piscina } from './piscina.ts';
import { poolifier } from './poolifier.ts';
import { raw } from './raw.ts';
import { rawMessages } from './raw-messages.ts';
import { server } from './server.ts';
import { tinypool } from './tinypool.ts';
import { workerpool } from './workerpool.ts';

/** Who takes part by default, in the order of the tables. */
export const CONTENDERS: readonly Contender[] = [holdfast, piscina, glued, tinypool, workerpool, poolifier];

/** Takes part only where a case names it: what no pool can go below or above, Holdfast in processes, and servers beside a bare thread. */
export const REFERENCES: readonly Contender[] = [raw, rawMessages, cells, server, bareRequests];

/** The closed form, measured as if it were a contender. */
export const IDEAL = 'ideal';

export function contenderOf(name: string): Contender {
  const found = [...CONTENDERS, ...REFERENCES].find((each) => each.name === name);
  if (!found) throw new Error(`Expected a contender (${CONTENDERS.map((each) => each.name).join(', ')}). Got ${name}.`);
  return found;
}
