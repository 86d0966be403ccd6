import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CopyGroup } from '../../src/core/copy-group.ts';
import { Attempt } from '../../src/core/task.ts';
import { Backlog } from '../../src/dispatch/queue/backlog.ts';
import { RecoveryBudget } from '../../src/dispatch/queue/budget.ts';
import { Survey } from '../../src/dispatch/survey.ts';
import { PoolThread } from '../../src/dispatch/threads/pool-thread.ts';
import type { Roster } from '../../src/dispatch/threads/roster.ts';
import { attemptOf } from './held.ts';

function serving(key: number): PoolThread {
  const thread = new PoolThread(key, 'first', 0);
  thread.become('spare');
  thread.become('serving');
  return thread;
}

test('a task counts once among those that wait, whatever lies of it on threads and in the queue', () => {
  const backlog = new Backlog(new RecoveryBudget(1), 2);
  const slots = [serving(1), serving(2)];
  const survey = new Survey({ slots, width: 2 } as unknown as Roster, backlog);
  const hand = (thread: PoolThread, max: number): void => {
    const attempts = backlog.take(max, thread);
    for (const attempt of attempts) attempt.send(thread, thread.nextBundle, 0);
    const { length: size } = attempts;
    thread.bundles.push({ number: thread.nextBundle++, attempts, hasCopies: true, size, reported: 0, state: 'sent', sentAt: 0 });
  };
  const report = (thread: PoolThread, count: number): void => {
    thread.bundles[0]!.reported += count;
  };
  for (let n = 0; n < 10; n++) {
    const first = attemptOf({ placement: { kin: new CopyGroup() } });
    for (const copy of [first, new Attempt(first.task, 1, false, first.placement)]) backlog.push(copy);
  }
  assert.equal(survey.waiting(), 8, 'ten tasks, and two slots that take one each');
  hand(slots[0]!, 6);
  assert.equal(survey.waiting(), 8, 'six tasks on a thread, of which one runs, four in the queue, and a slot that takes one');
  hand(slots[1]!, 6);
  assert.equal(survey.waiting(), 9, 'the second copies of the six make nothing wait, but take the second slot');
  report(slots[0]!, 2);
  assert.equal(survey.waiting(), 7);
  report(slots[0]!, 4);
  slots[0]!.bundles.length = 0;
  assert.equal(survey.waiting(), 3, 'four in the queue, one slot that takes one, and one with copies that have begun elsewhere');
});
