import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PHASE_SUCCESSORS, type Phase } from '../../../src/dispatch/threads/phase.ts';
import { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';

const phases = Object.keys(PHASE_SUCCESSORS) as Phase[];

function ways(): Map<Phase, readonly Phase[]> {
  const found = new Map<Phase, readonly Phase[]>([['starting', []]]);
  for (const [phase, way] of found) for (const next of PHASE_SUCCESSORS[phase]) if (!found.has(next)) found.set(next, [...way, next]);
  return found;
}

function threadIn(phase: Phase): PoolThread {
  const thread = new PoolThread(1, 'first', 0);
  for (const step of ways().get(phase)!) thread.become(step);
  assert.equal(thread.phase, phase);
  return thread;
}

describe('a thread', () => {
  it('can reach every phase', () => assert.deepEqual([...ways().keys()].sort(), [...phases].sort()));

  for (const from of phases) {
    for (const next of phases) {
      const possible = PHASE_SUCCESSORS[from].includes(next);
      it(`${possible ? 'goes' : 'cannot go'} from ${from} to ${next}`, () => {
        const thread = threadIn(from);
        if (possible) thread.become(next);
        else assert.throws(() => thread.become(next), new RegExp(`cannot go from ${from} to ${next}`));
        assert.equal(thread.phase, possible ? next : from);
      });
    }
  }

  it('is shown as ready or busy while it serves, and is open to work then', () => {
    const thread = threadIn('serving');
    assert.deepEqual([thread.state, thread.open], ['ready', true]);
    thread.retiring = 'recycled';
    assert.deepEqual([thread.state, thread.open], ['ready', false]);
  });
});
