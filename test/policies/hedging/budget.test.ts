import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt } from '../../../src/core/task.ts';
import { Stage } from './stage.ts';

/** It has seen what is usual, and, since no task was hedged beside it, how long a task may take. */
async function experienced(): Promise<Stage> {
  const stage = new Stage({ after: 'p95', budget: 0.5 });
  await stage.usual(40, 10);
  const long = stage.begin();
  stage.host.leisure = () => false;
  await stage.clock.advance(200);
  stage.host.returns(long, 1);
  stage.host.leisure = () => true;
  return stage;
}

test('of those that are barely late, only as many get copies as leave enough for the surely slow', async () => {
  const stage = await experienced();
  stage.begin();
  await stage.clock.advance(16);
  assert.equal(stage.hedges.length, 0, 'it may be one of the five in a hundred');
  await stage.clock.advance(10);
  assert.equal(stage.hedges.length, 1, 'at twice the 95th percentile it is not');
});

test('where copies have lost lately, the merely late get none, so that the budget is left for the slow', async () => {
  const stage = await experienced();
  for (let lost = 1; lost <= 16; lost++) {
    const late = stage.begin();
    await stage.clock.advance(100);
    assert.equal(stage.hedges.length, lost);
    const copy = stage.host.submitted.at(-1)!;
    stage.host.returns(late, 'late');
    stage.host.returns(copy, 'later');
    await stage.usual(30, 10); // No task is to go without a copy for want of budget.
  }
  stage.begin();
  await stage.clock.advance(30);
  assert.equal(stage.hedges.length, 16, 'at three times the 95th percentile it may still be merely late');
  await stage.clock.advance(70);
  assert.equal(stage.hedges.length, 17);
});

test('a task whose budget is nothing gets no copy, whatever others have earned', async () => {
  const stage = new Stage();
  await stage.usual(100, 90);
  stage.begin({ budget: 0 });
  await stage.clock.advance(5_000);
  assert.equal(stage.hedges.length, 0);
  stage.begin();
  await stage.clock.advance(150);
  assert.equal(stage.hedges.length, 1);
});

test('what a copy takes over its price is taken from the budget while it runs', async () => {
  const stage = new Stage();
  await stage.usual(3, 90); // 270 ms to spend.
  stage.begin();
  stage.begin();
  await stage.clock.advance(150);
  assert.equal(stage.hedges.length, 2, 'each is thought to take 90 ms');
  await stage.clock.advance(1_000);
  stage.begin();
  await stage.clock.advance(1_000);
  assert.equal(stage.hedges.length, 2, 'they have taken everything');
});

for (const [what, endsLoser, more] of [
  ['has ended', (stage: Stage, copy: Attempt) => stage.host.returns(copy, 'late'), false],
  ['was ended with its thread', (stage: Stage, copy: Attempt) => stage.host.gone.add(copy), false],
  ['runs on', () => {}, true],
] as const) {
  test(`a copy that has lost and ${what} costs ${more ? 'more from look to look' : 'no more'}`, async () => {
    const stage = new Stage({ budget: 0.1 });
    await stage.usual(10, 90);
    const [original, copy] = await stage.hedged();
    stage.host.returns(original, 'original');
    endsLoser(stage, copy);
    await stage.usual(20, 90); // Enough for another copy, unless the first goes on to spend it.
    stage.begin();
    await stage.clock.advance(150);
    assert.equal(stage.hedges.length, more ? 1 : 2);
  });
}

test('an original that lost has earned what it took, if it ran to its end', async () => {
  const stage = new Stage({ budget: 0.1 });
  await stage.usual(10, 90);
  const original = stage.begin();
  await stage.clock.advance(150);
  const copy = stage.host.submitted.at(-1)!;
  stage.host.returns(copy, 'copy');
  stage.begin();
  await stage.clock.advance(1_000);
  assert.equal(stage.hedges.length, 1, 'the budget is spent');
  stage.host.returns(original, 'late');
  await stage.clock.advance(100);
  assert.equal(stage.hedges.length, 2);
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
    stage.host.returns(original, i);
    work += stage.clock.now() - began;
    const copy = stage.host.submitted.at(-1)!;
    if (copy === original) continue;
    copies += stage.clock.now() - copy.startedAt;
    stage.host.returns(copy, i); // Told to stop, it ends at once.
  }
  // The last copy may run over before it is known how long it takes.
  assert.ok(copies <= 0.05 * work + 500, `${copies} ms of copies beside ${work} ms of work`);
  assert.ok(stage.hedges.length > 0);
});
