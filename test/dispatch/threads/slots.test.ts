import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';
import { SLOT_SUCCESSORS, type SlotState, Slots } from '../../../src/dispatch/threads/slots.ts';

function seated(slots: Slots, slot: number, now = 0): PoolThread {
  const thread = new PoolThread(slot + 1, 'first', 0);
  slots.seat(thread, slot, now);
  return thread;
}

describe('the slots of a pool', () => {
  it('of a fixed number are staffed from the beginning, and stay so', () => {
    const slots = new Slots(2, 2, 0);
    assert.deepEqual([slots.wanted, slots.staffed, slots.free, slots.empty()], [2, 2, 0, [0, 1]]);
    const thread = seated(slots, 0);
    slots.vacate(thread, 5);
    assert.equal(slots.state(0), 'staffed');
    assert.deepEqual(slots.empty(), [1, 0], 'first the one that has been empty longest');
    assert.equal(slots.seat(new PoolThread(9, 'replacement', 0), 0, 12), 7, 'it stood empty for 7 ms');
  });

  it('grow up to their number, and no further', () => {
    const slots = new Slots(3, 1, 0);
    assert.deepEqual([slots.grow(0), slots.grow(0), slots.grow(0)], [true, true, false]);
    assert.deepEqual([slots.wanted, slots.staffed, slots.free], [3, 1, 0]);
    assert.deepEqual(slots.empty(), [0, 1, 2]);
  });

  it('count as staffed from their first thread on: a pool that grows is whole', () => {
    const slots = new Slots(2, 1, 0);
    slots.grow(3);
    assert.equal(slots.seat(new PoolThread(1, 'demand', 0), 1, 50), undefined, 'to wait for growth is no take-over');
    assert.deepEqual([slots.state(1), slots.staffed], ['staffed', 2]);
  });

  it('whose thread does not come are dormant again; those that have one are not', () => {
    const slots = new Slots(3, 1, 0);
    slots.grow(0);
    slots.grow(0);
    slots.giveUpGrowth();
    assert.deepEqual([slots.state(1), slots.state(2)], ['growing', 'dormant']);
    seated(slots, 1);
    slots.giveUpGrowth();
    assert.equal(slots.state(1), 'staffed');
  });

  it('are left, and empty once their thread has gone', () => {
    const slots = new Slots(2, 2, 0);
    const thread = seated(slots, 1);
    slots.leave(1);
    assert.deepEqual([slots.state(1), slots.wanted, slots.free], ['leaving', 1, 1]);
    slots.vacate(thread, 4);
    assert.equal(slots.state(1), 'dormant');
    assert.deepEqual(slots.empty(), [0]);
  });

  it('are wanted again while their thread still leaves, and filled when it has gone', () => {
    const slots = new Slots(1, 1, 0);
    const thread = seated(slots, 0);
    slots.leave(0);
    assert.equal(slots.grow(2), true);
    assert.deepEqual([slots.state(0), slots.empty()], ['growing', []]);
    slots.vacate(thread, 4);
    assert.deepEqual([slots.state(0), slots.empty()], ['growing', [0]]);
  });

  it('have a table in which every state can be reached, and nothing else is possible', () => {
    const reached = new Set<SlotState>(['staffed']);
    for (const state of reached) for (const next of SLOT_SUCCESSORS[state]) reached.add(next);
    assert.deepEqual([...reached].sort(), Object.keys(SLOT_SUCCESSORS).sort());
    assert.throws(() => new Slots(1, 0, 0).leave(0), /cannot go from dormant to leaving/);
  });
});
