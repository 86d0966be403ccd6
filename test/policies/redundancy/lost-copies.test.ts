import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkerCrashError } from '../../../src/core/errors.ts';
import type { Failure } from '../../../src/core/failure.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { begin } from './begin.ts';

const crash: Failure = { kind: 'crash', error: new WorkerCrashError('ERR_WORKER_CRASHED', 'it crashed', { threadId: 1 }) };
const thrown: Failure = { kind: 'error', error: new Error('mine') };

test('a copy that crashes casts no ballot, and is replaced under retry', async () => {
  const { host, task } = begin({ replicas: 2, quorum: 2 }, { retries: 2 });
  host.fails(host.submitted[0]!, crash);
  await settle();
  assert.equal(host.submitted.length, 3);
  const again = host.submitted[2]!;
  assert.deepEqual([again.replica, again.recovery, again.number], [0, true, 3]);
  assert.equal(again.placement?.kin, host.submitted[1]?.placement?.kin);
  host.returns(host.submitted[1]!, 1);
  assert.equal(host.outcome, undefined, 'one ballot is no quorum');
  host.returns(again, 1);
  assert.deepEqual(host.outcome, { value: 1 });
  assert.deepEqual(
    task.history?.map(({ kind, replica }) => [kind, replica]),
    [['crash', 0]],
  );
  assert.deepEqual(host.conflicts, []);
});

test('each copy has its own retries', async () => {
  const { host } = begin({ replicas: 2, quorum: 2 }, { retries: 1 });
  host.fails(host.submitted[0]!, crash);
  host.fails(host.submitted[1]!, crash);
  await settle();
  assert.deepEqual(
    host.submitted.map(({ replica }) => replica),
    [0, 1, 0, 1],
  );
  host.returns(host.submitted[2]!, 1);
  host.returns(host.submitted[3]!, 1);
  assert.deepEqual(host.outcome, { value: 1 });
});

test('a copy whose retries are used up is replaced by one more, if others have voted', () => {
  const { host } = begin({ replicas: 2, quorum: 2, maxReplicas: 3 });
  host.returns(host.submitted[0]!, 1);
  host.fails(host.submitted[1]!, crash);
  assert.equal(host.submitted.length, 3);
  assert.deepEqual(host.conflicts, [], 'that is no conflict');
  host.returns(host.submitted[2]!, 1);
  assert.deepEqual(host.outcome, { value: 1 });
});

test('a lost copy makes no conflict of ballots that agree', () => {
  const { host } = begin({ replicas: 3, quorum: 3, maxReplicas: 4 });
  host.returns(host.submitted[0]!, 1);
  host.fails(host.submitted[1]!, crash);
  host.returns(host.submitted[2]!, 1);
  assert.equal(host.submitted.length, 4);
  assert.deepEqual(host.conflicts, []);
  host.returns(host.submitted[3]!, 1);
  assert.deepEqual(host.outcome, { value: 1 });
});

test('a task that throws in every copy is rejected with its own error, without further copies', () => {
  const { host } = begin();
  for (let i = 0; i < 3; i++) host.fails(host.submitted[i]!, thrown);
  assert.equal(host.outcome, thrown);
  assert.equal(host.submitted.length, 3);
});

test('one result and crashes are no verdict, not even by median: the crash is the answer', () => {
  const { host } = begin({ replicas: 2, quorum: 2, maxReplicas: 3, resolve: 'median' });
  host.returns(host.submitted[0]!, 1);
  host.fails(host.submitted[1]!, crash);
  host.fails(host.submitted[2]!, crash);
  assert.equal(host.outcome, crash);
});

test('too many lost copies end the vote before the others have run', () => {
  const { host } = begin({ replicas: 2, quorum: 2, maxReplicas: 2 });
  host.fails(host.submitted[0]!, thrown);
  assert.equal(host.outcome, thrown);
  assert.deepEqual(host.cancelled, [[host.submitted[1], 'surplus']]);
});

test('a task that is ended from outside stops its copies and its retries', async () => {
  const { host, task } = begin({}, { retries: 3 });
  host.returns(host.submitted[0]!, 1);
  host.fails(host.submitted[1]!, { ...thrown, kind: 'timeout' });
  task.spec.course.cancelled(task, 'aborted');
  task.state = 'settled';
  assert.deepEqual(
    host.cancelled.filter(([attempt]) => attempt.state === 'fenced').map(([{ replica }]) => replica),
    [2],
  );
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(host.submitted.length, 3, 'the retry that was planned does not come');
});

test('a listener that ends the task in the middle of a conflict gets no further copy', () => {
  const { host, task } = begin({ replicas: 2, quorum: 2 });
  host.emitter.on('conflict', () => host.reject(task, thrown));
  host.returns(host.submitted[0]!, 1);
  host.returns(host.submitted[1]!, 2);
  assert.equal(host.outcome, thrown);
  assert.equal(host.submitted.length, 2);
});
