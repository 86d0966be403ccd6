import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TimeoutError } from '../../src/core/errors.ts';
import { Task, type TimeLimits } from '../../src/core/task.ts';
import { Limits } from '../../src/policies/limits.ts';
import { attemptOf, services } from '../dispatch/held.ts';

class Nobodys extends Task {
  fulfilled(): void {}
  rejected(): void {}
}

function stage(limits: Partial<TimeLimits>, started = false) {
  const parts = services();
  const given: [number, string, unknown][] = [];
  let polled = 0;
  /** What a poll brings to light. */
  const arrived: (() => void)[] = [];
  const guard = new Limits({
    ...parts,
    giveUp: (task, { kind, error }) => {
      task.state = 'settled';
      given.push([task.id, kind, (error as TimeoutError).phase]);
    },
    pollAll: () => {
      polled++;
      for (const arrive of arrived) arrive();
    },
  });
  const { spec } = attemptOf().task;
  const { course } = spec;
  const unlimited = { run: 1_000, queue: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY };
  const task = new Nobodys(
    1,
    { ...spec, limits: { ...unlimited, ...limits }, course: { ...course, started: () => started } },
    0,
    0,
    undefined,
  );
  return { ...parts, guard, task, given, arrived, polled: () => polled };
}

describe('the limits of a task', () => {
  it('end it after the total time, however far it is', async () => {
    const { guard, task, clock, given, emitted } = stage({ total: 50, queue: 20 }, true);
    guard.guard(task, undefined);
    await clock.advance(49);
    assert.deepEqual(given, []);
    await clock.advance(1);
    assert.deepEqual([given, emitted], [[[1, 'timeout', 'total']], ['timeout']]);
  });

  it('end it after its time in the queue only if it has not begun', async () => {
    const waits = stage({ queue: 20 });
    waits.guard.guard(waits.task, undefined);
    await waits.clock.advance(20);
    assert.deepEqual(waits.given, [[1, 'timeout', 'queue']]);
    const runs = stage({ queue: 20 }, true);
    runs.guard.guard(runs.task, undefined);
    await runs.clock.advance(100);
    assert.deepEqual(runs.given, []);
  });

  it('take in what has arrived before they end anything: its result may be here', async () => {
    const { guard, task, clock, given, arrived, polled } = stage({ total: 50 });
    guard.guard(task, undefined);
    arrived.push(() => {
      task.state = 'settled';
    });
    await clock.advance(50);
    assert.deepEqual([given, polled()], [[], 1]);
  });

  it('are looked at again when it leaves the queue, because its timer may be late', () => {
    const { guard, task, given } = stage({ queue: 20, total: 50 });
    assert.deepEqual([guard.isOver(task, 19), guard.overdue(task, 19)], [false, false]);
    assert.deepEqual([guard.isOver(task, 20), guard.overdue(task, 20)], [true, true]);
    assert.deepEqual(given, [[1, 'timeout', 'queue']]);
  });

  it('end it when its signal is aborted; once it has settled nothing is left of them', () => {
    const { guard, task, given, clock } = stage({ total: 50 });
    const controller = new AbortController();
    guard.guard(task, controller.signal);
    task.extras!.release!();
    assert.equal(clock.pending, 0);
    controller.abort();
    assert.deepEqual(given, []);
    const other = stage({});
    other.guard.guard(other.task, AbortSignal.any([controller.signal]));
    const late = new AbortController();
    other.guard.guard(other.task, late.signal);
    late.abort();
    assert.deepEqual(other.given, [[1, 'aborted', undefined]]);
  });
});
