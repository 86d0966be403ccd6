import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CopyGroup } from '../../../src/core/copy-group.ts';
import type { Attempt } from '../../../src/core/task.ts';
import { Lane } from '../../../src/dispatch/queue/lane.ts';
import { attemptOf, threadHolding } from '../held.ts';

function lane(...attempts: readonly Attempt[]): Lane {
  const made = new Lane();
  attempts.forEach((attempt, i) => {
    attempt.turn = i + 1;
    made.push(attempt);
  });
  return made;
}
const take = (from: Lane, max: number, thread = threadHolding()): Attempt[] => from.take(max, thread, () => {});

describe('a lane of the queue', () => {
  it('gives higher priorities first, and within one first in first out', () => {
    const [low, high, later] = [attemptOf(), attemptOf({ priority: 2 }), attemptOf()];
    assert.deepEqual(take(lane(low, high, later), 5), [high, low, later]);
  });

  it('lets an attempt that travels alone come alone, and ends a bundle before it', () => {
    const [plain, alone, last] = [attemptOf(), attemptOf({ idempotent: false }), attemptOf()];
    const waiting = lane(plain, alone, last);
    assert.deepEqual([take(waiting, 5), take(waiting, 5), take(waiting, 5)], [[plain], [alone], [last]]);
  });

  it('sends no moved memory behind another bundle', () => {
    const moved = attemptOf({ moves: true });
    const waiting = lane(moved);
    assert.deepEqual(take(waiting, 1, threadHolding({ attempts: [attemptOf()] })), []);
    assert.deepEqual(take(waiting, 1), [moved]);
  });

  it('passes over copies that the thread must not have', () => {
    const kin = new CopyGroup();
    kin.bar(threadHolding().key);
    const [copy, plain] = [attemptOf({ placement: { kin } }), attemptOf()];
    const waiting = lane(copy, plain);
    assert.deepEqual([take(waiting, 5), waiting.heads()], [[plain], [copy]]);
  });

  it('gives what was sent in vain its old turn back', () => {
    const [first, second] = [attemptOf(), attemptOf()];
    const waiting = lane(first, second);
    take(waiting, 1);
    waiting.unshift(first);
    assert.deepEqual([waiting.size, take(waiting, 2)], [2, [first, second]]);
  });

  it('hands out the attempt that is due before those of its kind that were given back', () => {
    // They went first, one bundle after the other, and meanwhile passed who was next in order.
    const [first, second, due, last] = [attemptOf(), attemptOf(), attemptOf(), attemptOf()];
    const waiting = lane(first, second, due, last);
    take(waiting, 2);
    waiting.unshift(second);
    waiting.unshift(first);
    assert.deepEqual(
      waiting.takeWith(due, 2, threadHolding(), () => {}),
      [due, first],
    );
    assert.deepEqual([waiting.size, take(waiting, 5)], [2, [second, last]]);
  });
});
