import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEAR, TakeBack } from '../../src/dispatch/feeding/take-back.ts';
import type { Backlog } from '../../src/dispatch/queue/backlog.ts';
import { type Bundle, PoolThread } from '../../src/dispatch/threads/pool-thread.ts';
import type { ExecutorThread } from '../../src/executors/executor.ts';
import { attemptAt } from '../executors/probe.ts';

test('the answer to a revocation comes after the bundle has ended: no other bundle is dropped for it', () => {
  const thread = new PoolThread(1, 'first', 0);
  thread.become('spare');
  thread.become('serving');
  let answer: ((claimed: number) => void) | undefined;
  thread.handle = { revoke: (_bundle: number, then: typeof answer) => (answer = then) } as unknown as ExecutorThread;
  const bundle = (number: number): Bundle => ({
    number,
    attempts: [attemptAt('default', number)],
    size: 1,
    reported: 0,
    hasCopies: false,
    state: 'sent',
    sentAt: 0,
  });
  const [first, second] = [bundle(1), bundle(2)];
  const takeBack = new TakeBack({ backlog: { size: 0 } as Backlog, distance: NEAR, emptied: () => {} } as never);

  thread.bundles.push(first);
  takeBack.revoke(thread);
  first.reported = 1;
  thread.drop(first);
  thread.bundles.push(second);
  answer!(1);

  assert.deepEqual(thread.bundles, [second]);
});
