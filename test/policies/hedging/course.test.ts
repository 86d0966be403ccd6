import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../../src/core/failure.ts';
import { Stage } from './stage.ts';

const crash: Failure = { kind: 'crash', error: new Error('crash') };
const thrown: Failure = { kind: 'error', error: new Error('mine') };
const uncloneable: Failure = { kind: 'clone', error: new Error('cannot be cloned') };

test('an attempt that takes long gets one copy, on another thread', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  assert.equal(copy.task, original.task);
  assert.deepEqual([copy.replica, copy.number, copy.recovery], [1, 2, true]);
  assert.deepEqual(copy.placement?.kin?.barred, [original.threadKey]);
  assert.deepEqual(stage.hedges, [{ taskId: 1, name: 'default', attempt: 2, after: 100 }]);
  await stage.clock.advance(5_000);
  assert.equal(stage.hedges.length, 1, 'and no second one');
});

test('one that is in time gets none', async () => {
  const stage = new Stage();
  await stage.usual(20, 99);
  assert.equal(stage.hedges.length, 0);
});

test('the copy wins; the original is told', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.host.returns(copy, 'copy');
  assert.deepEqual(stage.host.outcome, { value: 'copy' });
  assert.deepEqual(stage.host.cancelled, [[original, 'surplus']]);
  assert.deepEqual(stage.won, { true: 1 });
  stage.host.returns(original, 'late');
  assert.deepEqual(stage.host.outcome, { value: 'copy' });
});

test('the original wins; the copy is told', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.host.returns(original, 'original');
  assert.deepEqual(stage.host.outcome, { value: 'original' });
  assert.deepEqual(stage.host.cancelled, [[copy, 'surplus']]);
  assert.deepEqual(stage.won, { false: 1 });
});

test('where the original crashes, the copy is the retry that it would get', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.host.fails(original, crash);
  assert.equal(stage.host.outcome, undefined);
  stage.host.returns(copy, 'copy');
  assert.deepEqual(stage.host.outcome, { value: 'copy' });
  assert.deepEqual(
    copy.task.history?.map(({ kind }) => kind),
    ['crash'],
  );
});

test('a retry after an error has the copy of the attempt before it beside it, and gets no other', async () => {
  // It got one of its own. The first was forgotten: nobody called it off, and where it was the first to finish, its rivals ran on.
  const stage = new Stage();
  await stage.usual(100, 90);
  const original = stage.begin(undefined, { retries: 1, on: ['error'] });
  await stage.clock.advance(150);
  const copy = stage.host.submitted.at(-1)!;
  stage.host.fails(original, thrown);
  await stage.clock.advance(1_000);
  const retry = stage.host.submitted.at(-1)!;
  assert.notEqual(retry, copy, 'it is retried');
  assert.equal(stage.hedges.length, 1);
  stage.host.returns(copy, 'copy');
  assert.deepEqual(stage.host.outcome, { value: 'copy' });
  assert.deepEqual(stage.host.cancelled, [[retry, 'surplus']]);
});

test('where both crash, the task has failed', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.host.fails(original, crash);
  stage.host.fails(copy, crash);
  assert.equal(stage.host.outcome, crash);
});

test('a copy that fails harms nobody, however it fails', async () => {
  for (const failure of [thrown, crash, uncloneable]) {
    const stage = new Stage();
    const [original, copy] = await stage.hedged();
    stage.host.fails(copy, failure);
    assert.equal(stage.host.outcome, undefined);
    stage.host.returns(original, 'original');
    assert.deepEqual(stage.host.outcome, { value: 'original' });
    assert.deepEqual(stage.won, { false: 1 });
  }
});

test('what the original throws is the answer; the copy would throw it too', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.host.fails(original, thrown);
  assert.equal(stage.host.outcome, thrown);
  assert.deepEqual(stage.host.cancelled, [[copy, 'surplus']]);
});

test('a task that is ended from outside ends both, and no timer is left', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  original.task.spec.course.cancelled(original.task, 'aborted');
  original.task.state = 'settled';
  assert.deepEqual(stage.host.cancelled, [
    [copy, 'stop'],
    [original, 'stop'],
  ]);
  assert.equal(stage.clock.pending, 0);
});

test('no timer is left when no task is open', async () => {
  const stage = new Stage({ after: 'p95' });
  await stage.usual(3, 5);
  assert.equal(stage.clock.pending, 0);
});

test('while it is not known what is usual, nobody is hedged; then whoever is beyond the 95th percentile', async () => {
  const stage = new Stage({ after: 'p95' });
  await stage.usual(31, 10);
  const early = stage.begin();
  await stage.clock.advance(40);
  assert.equal(stage.hedges.length, 0);
  stage.host.returns(early, 1);
  await stage.usual(10, 10);
  stage.begin();
  await stage.clock.advance(9);
  assert.equal(stage.hedges.length, 0);
  await stage.clock.advance(5);
  assert.equal(stage.hedges.length, 1);
  const after = stage.hedges.map((hedge) => hedge.after)[0]!;
  assert.ok(after >= 10 && after <= 11);
});

test('without an idle thread there is no copy', async () => {
  const stage = new Stage();
  let leisure = false;
  stage.host.leisure = () => leisure;
  await stage.usual(5, 90);
  stage.begin();
  await stage.clock.advance(1_000);
  assert.equal(stage.hedges.length, 0);
  leisure = true;
  await stage.clock.advance(100);
  assert.equal(stage.hedges.length, 1);
});
