import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolEvents } from '../../src/core/events.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { Attempt } from '../../src/core/task.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';
import { HedgeCourse, Hedging } from '../../src/policies/hedging/course.ts';
import type { HedgeRules } from '../../src/policies/hedging/rules.ts';
import { FakeDesk } from '../redundancy/desk.ts';

const crash: Failure = { kind: 'crash', error: new Error('crash') };
const thrown: Failure = { kind: 'error', error: new Error('mine') };

class Stage {
  readonly clock = new VirtualClock({ now: 1_000 });
  readonly desk = new FakeDesk(this.clock);
  readonly hedges: PoolEvents['hedge'][] = [];
  readonly #course: HedgeCourse;

  constructor(rules: Partial<HedgeRules> = {}) {
    this.#course = new HedgeCourse({ after: 100, budget: 1, ...rules }, new Hedging(this.desk));
    this.desk.emitter.on('hedge', (event) => this.hedges.push(event));
  }

  /** Starts a task; the attempt that runs for it. */
  begin(): Attempt {
    const task = this.desk.task(this.#course);
    this.#course.begin(task);
    return this.desk.submitted.at(-1)!;
  }

  /** Tasks that take their time and earn budget. */
  async usual(count: number, ms: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const attempt = this.begin();
      await this.clock.advance(ms);
      this.desk.returns(attempt, 'usual');
    }
    this.desk.outcome = undefined;
  }

  /** A task that is slow, and its copy. */
  async hedged(): Promise<[original: Attempt, copy: Attempt]> {
    await this.usual(1, 90);
    const original = this.begin();
    await this.clock.advance(150);
    const copy = this.desk.submitted.at(-1)!;
    assert.notEqual(copy, original, 'it has a copy');
    return [original, copy];
  }

  get won(): Record<string, number> {
    return Object.fromEntries(this.desk.tally.hedges.values);
  }
}

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
  stage.desk.returns(copy, 'copy');
  assert.deepEqual(stage.desk.outcome, { value: 'copy' });
  assert.deepEqual(stage.desk.cancelled, [[original, 'surplus']]);
  assert.deepEqual(stage.won, { true: 1 });
  stage.desk.returns(original, 'late');
  assert.deepEqual(stage.desk.outcome, { value: 'copy' });
});

test('the original wins; the copy is told', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.desk.returns(original, 'original');
  assert.deepEqual(stage.desk.outcome, { value: 'original' });
  assert.deepEqual(stage.desk.cancelled, [[copy, 'surplus']]);
  assert.deepEqual(stage.won, { false: 1 });
});

test('where the original crashes, the copy is the retry that it would get', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.desk.fails(original, crash);
  assert.equal(stage.desk.outcome, undefined);
  stage.desk.returns(copy, 'copy');
  assert.deepEqual(stage.desk.outcome, { value: 'copy' });
  assert.deepEqual(
    copy.task.history?.map(({ kind }) => kind),
    ['crash'],
  );
});

test('where both crash, the task has failed', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.desk.fails(original, crash);
  stage.desk.fails(copy, crash);
  assert.equal(stage.desk.outcome, crash);
});

test('a copy that fails harms nobody', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.desk.fails(copy, thrown);
  assert.equal(stage.desk.outcome, undefined);
  stage.desk.returns(original, 'original');
  assert.deepEqual(stage.desk.outcome, { value: 'original' });
  assert.deepEqual(stage.won, { false: 1 });
});

test('what the original throws is the answer; the copy would throw it too', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  stage.desk.fails(original, thrown);
  assert.equal(stage.desk.outcome, thrown);
  assert.deepEqual(stage.desk.cancelled, [[copy, 'surplus']]);
});

test('a task that is ended from outside ends both, and no timer is left', async () => {
  const stage = new Stage();
  const [original, copy] = await stage.hedged();
  original.task.spec.course.cancelled(original.task);
  original.task.state = 'settled';
  assert.deepEqual(stage.desk.cancelled, [
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
  await stage.clock.advance(1_000);
  assert.equal(stage.hedges.length, 0);
  stage.desk.returns(early, 1);
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
  stage.desk.leisure = () => leisure;
  await stage.usual(5, 90);
  stage.begin();
  await stage.clock.advance(1_000);
  assert.equal(stage.hedges.length, 0);
  leisure = true;
  await stage.clock.advance(100);
  assert.equal(stage.hedges.length, 1);
});

test('copies stay within their budget, even where slowness lies in the task', async () => {
  const stage = new Stage({ after: 20, budget: 0.05 });
  let work = 0;
  let copies = 0;
  for (let i = 0; i < 2_000; i++) {
    // Every hundredth is fifty times as long, on whatever thread.
    const ms = i % 100 === 99 ? 500 : 10;
    const original = stage.begin();
    const began = stage.clock.now();
    await stage.clock.advance(ms);
    stage.desk.returns(original, i);
    work += stage.clock.now() - began;
    const copy = stage.desk.submitted.at(-1)!;
    if (copy === original) continue;
    copies += stage.clock.now() - copy.startedAt;
    stage.desk.returns(copy, i); // Told to stop, it ends at once.
  }
  // The last copy may run over before it is known how long it takes.
  assert.ok(copies <= 0.05 * work + 500, `${copies} ms of copies beside ${work} ms of work`);
  assert.ok(stage.hedges.length > 0);
});
