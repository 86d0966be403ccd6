import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInNeed } from '../../../src/dispatch/outcomes/surplus.ts';
import type { Backlog } from '../../../src/dispatch/queue/backlog.ts';
import type { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';
import type { Roster } from '../../../src/dispatch/threads/roster.ts';

const NOW = 1_000;

/** A thread of which only this is asked. */
const thread = (
  state: { open?: boolean; idle?: boolean; phase?: string; runs?: number; unclaimed?: number; current?: object | undefined } = {},
): PoolThread =>
  ({
    phase: state.phase ?? 'serving',
    open: state.open ?? true,
    idle: state.idle ?? false,
    handle: { itemStartedAt: NOW - (state.runs ?? 1) },
    unclaimed: () => state.unclaimed ?? 0,
    current: () => ('current' in state ? state.current : {}),
  }) as unknown as PoolThread;
/** The thread of the surplus copy. */
const surplus = thread({ open: false });

const inNeed = (threads: (PoolThread | undefined)[], waits: { size?: number; fresh?: number }, spare: boolean): boolean =>
  isInNeed(
    { slots: [surplus, ...threads], spare: () => (spare ? thread() : undefined) } as unknown as Roster,
    { size: waits.size ?? 0, freshSince: waits.fresh === undefined ? undefined : NOW - waits.fresh } as Backlog,
    NOW,
  );

for (const [what, threads, waits, spare, expected] of [
  ['nothing waits', [thread()], {}, true, false],
  ['a fresh task has just come', [thread()], { size: 1, fresh: 1 }, true, false],
  ['a fresh task has waited for a moment, and a spare is ready', [thread()], { size: 1, fresh: 6 }, true, true],
  ['a fresh task has waited for a moment, and no spare is ready', [thread()], { size: 1, fresh: 6 }, false, false],
  ['a fresh task has waited as long as a new thread takes', [thread()], { size: 1, fresh: 50 }, false, true],
  ['another thread is idle', [thread(), thread({ idle: true })], { size: 1, fresh: 1_000 }, true, false],
  ['another thread has just been ended', [thread(), thread({ phase: 'stopping', open: false })], { size: 1, fresh: 1_000 }, true, false],
  ['only a retry waits', [thread()], { size: 1 }, true, false],
  ['only a retry waits, but there is no other thread', [], { size: 1 }, true, true],
  ['a task lies behind a long one', [thread({ runs: 60, unclaimed: 1 })], {}, false, true],
  ['a task was sent to a thread that has not woken up yet', [thread({ runs: 60, unclaimed: 1, current: undefined })], {}, true, false],
  ['a task lies behind a short one', [thread({ runs: 1, unclaimed: 1 })], {}, true, false],
] as const) {
  test(`${what}: the thread of a surplus copy is ${expected ? '' : 'not '}needed`, () => {
    assert.equal(inNeed([...threads], waits, spare), expected);
  });
}
