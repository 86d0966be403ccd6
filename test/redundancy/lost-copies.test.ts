import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerCrashError } from '../../src/core/errors.ts';
import type { Failure } from '../../src/core/failure.ts';
import { settle } from '../../src/faults/virtual-clock.ts';
import { begin } from './begin.ts';

const crash: Failure = { kind: 'crash', error: new WorkerCrashError('ERR_WORKER_CRASHED', 'it crashed', { threadId: 1 }) };
const thrown: Failure = { kind: 'error', error: new Error('mine') };

test('a copy that crashes casts no ballot, and is replaced under retry', async () => {
  const { desk, task } = begin({ replicas: 2, quorum: 2 }, { retries: 2 });
  desk.fails(desk.submitted[0]!, crash);
  await settle();
  assert.equal(desk.submitted.length, 3);
  const again = desk.submitted[2]!;
  assert.deepEqual([again.replica, again.recovery, again.number], [0, true, 3]);
  assert.equal(again.placement?.kin, desk.submitted[1]?.placement?.kin);
  desk.returns(desk.submitted[1]!, 1);
  assert.equal(desk.outcome, undefined, 'one ballot is no quorum');
  desk.returns(again, 1);
  assert.deepEqual(desk.outcome, { value: 1 });
  assert.deepEqual(
    task.history?.map(({ kind, replica }) => [kind, replica]),
    [['crash', 0]],
  );
  assert.deepEqual(desk.conflicts, []);
});

test('each copy has its own retries', async () => {
  const { desk } = begin({ replicas: 2, quorum: 2 }, { retries: 1 });
  desk.fails(desk.submitted[0]!, crash);
  desk.fails(desk.submitted[1]!, crash);
  await settle();
  assert.deepEqual(
    desk.submitted.map(({ replica }) => replica),
    [0, 1, 0, 1],
  );
  desk.returns(desk.submitted[2]!, 1);
  desk.returns(desk.submitted[3]!, 1);
  assert.deepEqual(desk.outcome, { value: 1 });
});

test('a copy whose retries are used up is replaced by one more, if others have voted', () => {
  const { desk } = begin({ replicas: 2, quorum: 2, maxReplicas: 3 });
  desk.returns(desk.submitted[0]!, 1);
  desk.fails(desk.submitted[1]!, crash);
  assert.equal(desk.submitted.length, 3);
  assert.deepEqual(desk.conflicts, [], 'that is no conflict');
  desk.returns(desk.submitted[2]!, 1);
  assert.deepEqual(desk.outcome, { value: 1 });
});

test('a lost copy makes no conflict of ballots that agree', () => {
  const { desk } = begin({ replicas: 3, quorum: 3, maxReplicas: 4 });
  desk.returns(desk.submitted[0]!, 1);
  desk.fails(desk.submitted[1]!, crash);
  desk.returns(desk.submitted[2]!, 1);
  assert.equal(desk.submitted.length, 4);
  assert.deepEqual(desk.conflicts, []);
  desk.returns(desk.submitted[3]!, 1);
  assert.deepEqual(desk.outcome, { value: 1 });
});

test('a task that throws in every copy is rejected with its own error, without further copies', () => {
  const { desk } = begin();
  for (let i = 0; i < 3; i++) desk.fails(desk.submitted[i]!, thrown);
  assert.equal(desk.outcome, thrown);
  assert.equal(desk.submitted.length, 3);
});

test('one result and crashes are no verdict, not even by median: the crash is the answer', () => {
  const { desk } = begin({ replicas: 2, quorum: 2, maxReplicas: 3, resolve: 'median' });
  desk.returns(desk.submitted[0]!, 1);
  desk.fails(desk.submitted[1]!, crash);
  desk.fails(desk.submitted[2]!, crash);
  assert.equal(desk.outcome, crash);
});

test('too many lost copies end the vote before the others have run', () => {
  const { desk } = begin({ replicas: 2, quorum: 2, maxReplicas: 2 });
  desk.fails(desk.submitted[0]!, thrown);
  assert.equal(desk.outcome, thrown);
  assert.deepEqual(desk.cancelled, [[desk.submitted[1], 'surplus']]);
});

test('a task that is ended from outside stops its copies and its retries', async () => {
  const { desk, task } = begin({}, { retries: 3 });
  desk.returns(desk.submitted[0]!, 1);
  desk.fails(desk.submitted[1]!, { ...thrown, kind: 'timeout' });
  task.spec.course.cancelled(task);
  task.state = 'settled';
  assert.deepEqual(
    desk.cancelled.filter(([attempt]) => attempt.state === 'fenced').map(([{ replica }]) => replica),
    [2],
  );
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(desk.submitted.length, 3, 'the retry that was planned does not come');
});

test('a listener that ends the task in the middle of a conflict gets no further copy', () => {
  const { desk, task } = begin({ replicas: 2, quorum: 2 });
  desk.emitter.on('conflict', () => desk.reject(task, thrown));
  desk.returns(desk.submitted[0]!, 1);
  desk.returns(desk.submitted[1]!, 2);
  assert.equal(desk.outcome, thrown);
  assert.equal(desk.submitted.length, 2);
});
