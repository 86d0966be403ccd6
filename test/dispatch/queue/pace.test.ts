import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pace } from '../../../src/dispatch/queue/pace.ts';

/** Has heard of many tasks of this length, in milliseconds. */
function paceOf(ms: number, target?: number): Pace {
  const pace = new Pace(target);
  for (let i = 0; i < 50; i++) pace.observe(10, 10 * ms);
  return pace;
}

describe('the size of a bundle', () => {
  it('is one task as long as nothing is known, and where a task takes a millisecond', () => {
    assert.equal(new Pace().size(100, 2), 1);
    assert.equal(paceOf(1).size(100, 2), 1);
  });

  it('is at most a millisecond of work, and what a bundle may hold', () => {
    assert.equal(paceOf(0.25).size(100, 2), 4);
    assert.equal(paceOf(0.001).size(10_000, 2), 192);
    assert.equal(paceOf(0).size(10_000, 2), 192);
  });

  it('is an equal share of what waits', () => {
    assert.equal(paceOf(0.02).size(50, 2), 25);
    assert.equal(paceOf(0.02).size(51, 2), 26);
  });

  it('is more where a share would not be worth a message: a twentieth of a millisecond, or all that waits', () => {
    assert.equal(paceOf(0.005).size(8, 4), 8);
    assert.equal(paceOf(0.005).size(16, 4), 10);
    assert.equal(paceOf(0.005).size(60, 4), 15);
  });

  it('goes with how far away threads are', () => {
    assert.equal(paceOf(0.05, 10).size(16, 4), 10);
    assert.equal(paceOf(0.05, 10).size(1_000, 4), 192);
  });
});
