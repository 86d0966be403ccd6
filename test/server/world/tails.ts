import assert from 'node:assert/strict';
import { type ChainState, link } from './chain.ts';
import type { SimThreads } from './sim-threads.ts';

/**
 * What messages went on with is done once, in their order; it is left out only if it has killed as many threads as have to agree on that.
 * @param quorum of the threads
 */
export function judgeTails({ ids, tails, tail }: ChainState, threads: SimThreads, quorum: number, where: string): void {
  const wanted = ids.filter((id) => id > 0 && threads.goesOn(id));
  const done = new Set(tails);
  assert.deepEqual(
    wanted.filter((id) => done.has(id)),
    tails,
    `${where}: what messages went on with`,
  );
  assert.equal(tail, tails.reduce(link, 1), `${where}: what they went on with is wrong in the state`);
  const leftOut = wanted.length - tails.length;
  const deaths = Object.values(threads.deaths).reduce((sum, n) => sum + n, 0);
  assert.ok(leftOut * quorum <= deaths, `${where}: ${leftOut} were left out`);
}
