import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkPoolState, POOL_SUCCESSORS, type PoolState } from '../../src/pool/lifecycle.ts';

describe('the states of a pool', () => {
  const states = Object.keys(POOL_SUCCESSORS) as PoolState[];
  for (const from of states) {
    for (const to of states) {
      const isThere = POOL_SUCCESSORS[from].includes(to);
      it(`${isThere ? 'go' : 'do not go'} from ${from} to ${to}`, () => {
        if (isThere) checkPoolState(from, to);
        else assert.throws(() => checkPoolState(from, to), { message: `The pool cannot go from ${from} to ${to}.` });
      });
    }
  }

  it('have no way back, and two ends', () => {
    assert.deepEqual(POOL_SUCCESSORS, { open: ['closing', 'failed'], closing: ['closed', 'failed'], closed: [], failed: [] });
  });
});
