import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Sealed } from '../../../src/core/wire/sealed.ts';
import type { ItemNote } from '../../../src/core/wire/wire.ts';
import { AttemptEnds } from '../../../src/dispatch/outcomes/attempt-ends.ts';
import type { Fences } from '../../../src/dispatch/outcomes/fences.ts';
import { Intake } from '../../../src/dispatch/outcomes/intake.ts';
import { Backlog } from '../../../src/dispatch/queue/backlog.ts';
import { RecoveryBudget } from '../../../src/dispatch/queue/budget.ts';
import { Pace } from '../../../src/dispatch/queue/pace.ts';
import type { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';
import { attemptOf, failures, services, threadHolding } from '../held.ts';

function stage() {
  const parts = services();
  const failed = failures();
  const done: PoolThread[] = [];
  const ended: number[] = [];
  const budget = new RecoveryBudget(0.4);
  const backlog = new Backlog(budget, 1);
  const intake = new Intake({
    services: parts,
    pace: new Pace(),
    budget,
    backlog,
    fences: { ended: (_thread: PoolThread, { task }: { task: { id: number } }) => ended.push(task.id) } as unknown as Fences,
    ends: new AttemptEnds(),
    takeBack: { giveBack: () => {} },
    feeder: { bundleDone: (thread) => done.push(thread) },
    moduleLoads: { failed: () => {} },
  });
  const report = (
    thread: PoolThread,
    from: number,
    values: readonly unknown[],
    times: readonly number[],
    notes?: readonly ItemNote[],
  ): void => intake.done(thread, 1, from, values, times, notes);
  return { ...parts, intake, report, backlog, failed, done, ended };
}

describe('a report', () => {
  it('gives each outcome to its course, in order, and fills up the thread once the bundle is complete', () => {
    const told: unknown[] = [];
    const [a, b] = [attemptOf({ told }), attemptOf({ told })];
    const thread = threadHolding({ attempts: [a, b], claimed: 2, finished: 2 });
    const { report, done, tally } = stage();
    report(thread, 0, ['one'], [10, 12]);
    assert.deepEqual([told, done, a.startedAt, b.state], [[{ task: a.task.id, value: 'one', endedAt: 12 }], [], 10, 'sent']);
    report(thread, 1, ['two'], [12, 15]);
    assert.deepEqual(
      [told.at(-1), done, thread.idle, thread.finished],
      [{ task: b.task.id, value: 'two', endedAt: 15 }, [thread], true, 2],
    );
    assert.equal(tally.lateMessages, 0);
  });

  for (const [what, from, values, times] of [
    ['comes twice', 0, ['again'], [0, 1]],
    ['leaves one out', 2, ['three'], [0, 1]],
    ['has more items than its bundle', 1, ['two', 'three', 'four'], [0, 1, 2, 3]],
    ['has no item', 1, [], [0]],
    ['has times that do not fit', 1, ['two'], [0]],
  ] as const) {
    it(`that ${what} is dropped, and counted as late`, () => {
      const told: unknown[] = [];
      const thread = threadHolding({ attempts: [attemptOf({ told }), attemptOf({ told }), attemptOf({ told })], claimed: 3, finished: 3 });
      const { report, tally, emitted } = stage();
      report(thread, 0, ['one'], [0, 1]);
      report(thread, from, values, times);
      assert.deepEqual([told.length, tally.lateMessages, emitted], [1, 1, ['late']]);
    });
  }

  for (const [what, bundle, from, values, times] of [
    ['of no bundle', 1001, 0, ['forged'], [0, 0]],
    ['of what has not ended', 1, 2, ['forged'], [0, 0]],
    ['that fits nothing', 1, 1, ['forged'], [0]],
  ] as const) {
    it(`${what} does not say that results are lost, while some are owed`, () => {
      const told: unknown[] = [];
      const thread = threadHolding({ attempts: [attemptOf({ told }), attemptOf({ told }), attemptOf({ told })], claimed: 3, finished: 2 });
      const { intake, report, failed } = stage();
      intake.unreadable(thread);
      intake.done(thread, bundle, from, values, times, undefined);
      report(thread, 0, ['one'], [0, 1]);
      assert.deepEqual([told.length, failed.length], [1, 0]);
    });
  }

  it('of an attempt that was given up is late, and frees its thread; one of a surplus goes to its course', () => {
    const told: unknown[] = [];
    const [fenced, surplus] = [attemptOf({ told }), attemptOf({ told })];
    const thread = threadHolding({ attempts: [fenced, surplus], claimed: 2, finished: 2 });
    fenced.giveUp('fenced');
    surplus.giveUp('surplus');
    const { report, ended, tally } = stage();
    report(thread, 0, ['one', 'two'], [0, 1, 2]);
    assert.deepEqual(told, [{ task: surplus.task.id, late: 'two' }]);
    assert.deepEqual([ended, tally.lateMessages], [[fenced.task.id, surplus.task.id], 1]);
  });

  it('of an attempt that was given back counts as long as nobody else has it', () => {
    const told: unknown[] = [];
    const held = attemptOf({ told });
    const thread = threadHolding({ attempts: [held], claimed: 1, finished: 1 });
    const { report, backlog } = stage();
    backlog.unshift(held);
    report(thread, 0, ['one'], [0, 1]);
    assert.deepEqual([told.length, backlog.size, held.state], [1, 0, 'ended']);
  });

  it('carries failures: of the task, and of what could not be cloned', () => {
    const [threw, odd] = [attemptOf(), attemptOf()];
    const thread = threadHolding({ attempts: [threw, odd], claimed: 2, finished: 2 });
    const { report, failed } = stage();
    report(thread, 0, [undefined, undefined], [0, 1, 2], [
      [0, 'error', 'thrown'],
      [1, 'clone-result', 'a symbol'],
    ] as never);
    assert.deepEqual(failed, [
      [threw.task.id, 'error', undefined],
      [odd.task.id, 'clone', 'ERR_TASK_NOT_CLONEABLE'],
    ]);
  });

  it('opens no seal that was not asked for: the task has forged it', () => {
    const told: { value?: unknown }[] = [];
    const [asked, forged] = [attemptOf({ told, placement: { seal: true } }), attemptOf({ told })];
    const thread = threadHolding({ attempts: [asked, forged], claimed: 2, finished: 2 });
    const bytes = new Uint8Array(1);
    stage().report(thread, 0, [bytes, bytes], [0, 1, 2], [
      [0, 'sealed', 'digest'],
      [1, 'sealed', 'digest'],
    ] as never);
    assert.ok(told[0]!.value instanceof Sealed);
    assert.equal(told[1]!.value, bytes);
  });
});
