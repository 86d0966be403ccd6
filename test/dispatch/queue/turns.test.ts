import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Attempt } from '../../../src/core/task.ts';
import { PASSES_BY_AGE, PASSES_IN_ORDER, Turns } from '../../../src/dispatch/queue/turns.ts';

const queued = (name: string, recovery = false): Attempt => ({ name, recovery, state: 'queued' }) as unknown as Attempt;

describe('turns', () => {
  it('let the attempt that has waited longest go before those that are next, however many of them come due', () => {
    // Each thread that had just started went to one that was next in order and needed such a thread as well. The oldest waited for ever.
    const turns = new Turns(1);
    const oldest = queued('oldest');
    const due: boolean[] = [];
    for (let i = 0; i < PASSES_BY_AGE; i++) {
      const next = queued(`next ${i}`);
      for (let pass = 0; pass < PASSES_IN_ORDER; pass++) turns.handedOut(next, oldest);
      assert.ok(turns.due().includes(next), 'it was passed as often as it may be');
      due.push(turns.due()[0] === oldest);
    }
    assert.equal(due.indexOf(true) + 1, PASSES_BY_AGE / PASSES_IN_ORDER, 'from then on the oldest is first');
    assert.ok(due.slice(due.indexOf(true)).every(Boolean));
  });

  it('go on counting for who is next of fresh work while recovery work is next now and then', () => {
    // Each time it was, the count of the other began anew.
    const turns = new Turns(1);
    const next = queued('next');
    for (let i = 0; i < PASSES_IN_ORDER; i++) {
      assert.ok(!turns.due().includes(next));
      turns.handedOut(next);
      turns.handedOut(queued(`retry ${i}`, true));
    }
    assert.ok(turns.due().includes(next));
  });
});
