import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Emitter, type PoolEvents } from '../../src/core/events.ts';
import { type AttemptRecord, FAILURE_KINDS, type Failure, type FailureKind } from '../../src/core/failure.ts';
import { Latch } from '../../src/core/latch.ts';
import type { RetryRules, Task } from '../../src/core/task.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import { RetryLine, wantsRetry } from '../../src/policies/retry.ts';
import { attemptOf } from '../dispatch/held.ts';

const RULES: RetryRules = {
  retries: 2,
  minTimeout: 0,
  maxTimeout: 0,
  factor: 1,
  randomize: false,
  on: ['crash', 'oom', 'error', 'clone', 'aborted', 'conflict'],
  shouldRetry: undefined,
};
const failure = (kind: FailureKind): Failure => ({ kind, error: new Error(kind) });
const recordOf = (kind: FailureKind, attempt = 1): AttemptRecord =>
  ({ attempt, replica: 0, slot: 0, threadId: 1, kind, startedAt: 0, ms: 0, error: undefined }) as const;
const wants = (kind: FailureKind, rules: Partial<RetryRules> = {}, task: Task = attemptOf().task, left = 1): boolean =>
  wantsRetry({ ...RULES, ...rules }, task, failure(kind), recordOf(kind), left);

describe('whether there is to be another attempt', () => {
  it('is decided by the kinds that are retried, but for those that no retry can change', () => {
    assert.deepEqual(
      FAILURE_KINDS.filter((kind) => wants(kind)),
      ['error', 'crash', 'oom'],
    );
  });

  it('is no where none is left, or the task may not be started twice', () => {
    assert.equal(wants('crash', {}, undefined, 0), false);
    assert.equal(wants('crash', {}, attemptOf({ idempotent: false }).task), false);
  });

  it('is no after a second time out of memory, unless shouldRetry says so', () => {
    const { task } = attemptOf();
    task.extras = { history: [recordOf('oom'), recordOf('oom', 2)] };
    assert.equal(wants('oom', {}, task), false);
    assert.equal(wants('oom', { shouldRetry: () => true }, task), true);
  });

  it('asks shouldRetry in place of the kinds, and takes nothing but true for yes', () => {
    assert.equal(wants('timeout', { shouldRetry: ({ kind, retriesLeft }) => kind === 'timeout' && retriesLeft === 1 }), true);
    assert.equal(wants('crash', { shouldRetry: () => 1 as never }), false);
  });
});

/** A line of a task, and what it asks of its owner: `again` and `gaveUp`, with the kind of the failure. */
function line(rules: Partial<RetryRules> = {}) {
  const { task } = attemptOf();
  const told: string[] = [];
  const retries: PoolEvents['retry'][] = [];
  const emitter = new Emitter();
  emitter.on('retry', (event) => retries.push(event));
  const again = new Latch();
  const owned: Task = Object.assign(task, { spec: { ...task.spec, retry: { ...RULES, ...rules } } });
  const made = new RetryLine({ emitter, clock: new VirtualClock(), random: Math.random }, owned, {
    again: ({ kind }) => {
      told.push(`again after ${kind}`);
      again.open();
    },
    gaveUp: ({ kind }) => told.push(`gave up after ${kind}`),
  });
  return { line: made, told, retries, again: again.promise };
}

describe('a retry line', () => {
  it('starts the next attempt, tells of it, and gives up with the failure that came last', async () => {
    const { line: made, told, retries, again } = line({ retries: 1 });
    made.begin(failure('crash'), recordOf('crash'));
    await again;
    made.failed(failure('error'), recordOf('error', 2));
    assert.deepEqual(told, ['again after crash', 'gave up after error']);
    assert.deepEqual(
      retries.map(({ failed, retriesLeft }) => [failed.kind, retriesLeft]),
      [['crash', 0]],
    );
  });

  it('gives up at once where nothing is to be retried', () => {
    const { line: made, told } = line();
    made.begin(failure('timeout'), recordOf('timeout'));
    assert.deepEqual(told, ['gave up after timeout']);
  });

  it('takes what shouldRetry throws for the answer', () => {
    const { line: made, told } = line({
      shouldRetry: () => {
        throw new Error('broken rule');
      },
    });
    made.begin(failure('crash'), recordOf('crash'));
    assert.deepEqual(told, ['gave up after error']);
  });

  it('that was stopped tells nothing more', async () => {
    const { line: made, told, again } = line();
    made.begin(failure('crash'), recordOf('crash'));
    await again;
    made.stop();
    made.failed(failure('error'), recordOf('error', 2));
    assert.deepEqual(told, ['again after crash']);
  });
});
