import assert from 'node:assert/strict';
import { type ChainState, link } from './chain.ts';

/** Threads that have died at a message, or at what it went on with. */
export interface Toll {
  readonly all: number;
  /** By an exception, at what it went on with. */
  readonly thrown: number;
}

/**
 * What messages went on with is done once, in their order; it is left out only if it has thrown in as many threads as have to agree on that, or has killed
 * more than are to be lost to one message.
 */
export function judgeTails(
  { ids, tails, tail }: ChainState,
  threads: { goesOn(id: number): boolean; readonly tolls: ReadonlyMap<number, Toll> },
  { quorum, retry }: { readonly quorum: number; readonly retry: number },
  where: string,
): void {
  const wanted = ids.filter((id) => id > 0 && threads.goesOn(id));
  const done = new Set(tails);
  assert.deepEqual(
    wanted.filter((id) => done.has(id)),
    tails,
    `${where}: what messages went on with`,
  );
  assert.equal(tail, tails.reduce(link, 1), `${where}: what they went on with is wrong in the state`);
  for (const id of wanted) {
    if (done.has(id)) continue;
    const { all, thrown } = threads.tolls.get(id) ?? { all: 0, thrown: 0 };
    assert.ok(
      thrown >= quorum || all >= (retry + 1) * quorum,
      `${where}: what ${id} went on with was left out, and has killed ${all} threads, ${thrown} by an exception`,
    );
  }
}
