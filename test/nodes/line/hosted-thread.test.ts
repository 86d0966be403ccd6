import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../../src/core/clock.ts';
import { HostedThread } from '../../../src/executors/nodes/agent/hosted-thread.ts';
import type { FromNode } from '../../../src/executors/nodes/protocol.ts';

/** A thread that has been given a bundle and has not looked at it, of which the pool asks how far it is and wants to have the bundle back. */
function asked(bytes: number): { told: string[]; thread: HostedThread; local: { seen: number }; clock: { at: number } } {
  const clock = { at: 0, now: () => clock.at };
  const told: string[] = [];
  const local = {
    threadId: 1,
    seen: -1,
    itemStartedAt: 0,
    poll: () => {},
    post: () => {},
    standing: () => ({ claimed: local.seen < 0 ? 0 : 1, finished: 0 }),
    revoke: (_: number, answer: (claimed: number) => void) => answer(local.standing().claimed),
  };
  const thread = new HostedThread(1, {
    clock: clock as unknown as Clock,
    executor: { start: () => local as never, close: async () => {}, now: () => 0 },
    maxPayload: Number.POSITIVE_INFINITY,
    tell: (_, message: FromNode) => told.push(message.tell === 'revoked' ? `revoked ${message.claimed}` : message.tell),
    exited: () => {},
  });
  told.length = 0;
  thread.heed({ do: 'run', thread: 1, bundle: 0, ids: [1], metas: undefined } as never, new Uint8Array(bytes));
  thread.heed({ do: 'ask', thread: 1 }, undefined);
  thread.heed({ do: 'revoke', thread: 1, bundle: 0 }, undefined);
  return { told, thread, local, clock };
}

describe('a thread of a node that was given something large', () => {
  it('is judged when it has had the time to unpack it: not by how long that was on its way', () => {
    const { told, thread, local, clock } = asked(8 * 1_048_576);
    clock.at = 1_000;
    thread.look();
    assert.deepEqual(told, []);
    local.seen = 0;
    thread.look();
    assert.deepEqual(told, ['answer', 'revoked 1'], 'what it has begun is not taken from it');
  });

  it('and does not look at it, gives it back after a while', () => {
    const { told, thread, clock } = asked(8 * 1_048_576);
    clock.at = 10_000;
    thread.look();
    assert.deepEqual(told, ['answer', 'revoked 0']);
  });

  it('answers at once if it was given something small', () => {
    assert.deepEqual(asked(100).told, ['answer', 'revoked 0']);
  });
});
