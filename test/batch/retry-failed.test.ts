import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import type { BatchError } from '../../src/batch/errors.ts';
import { seeded } from '../../src/core/random.ts';
import { oneIn } from '../soak.ts';
import { outcomeOf, resumeToEnd, smallInput, smallTask } from './crash-stories.ts';
import { type Ending, World } from './world.ts';

const test = oneIn(3, import.meta.url);

const FILES = ['/out.ndjson', '/out.failed.ndjson'] as const;
const { text, tasks } = smallInput(60);
const mended = (value: unknown) => ({ mended: (value as { n: number }).n });

test('lines that failed are run again in place, and no others', async () => {
  let task: (value: unknown) => unknown = smallTask;
  const world = new World(seeded(1), (value) => task(value), text);
  await world.run({});
  const first = outcomeOf(world, tasks, ...FILES);
  task = mended;
  const ending = await world.run({ retryFailed: true });
  assert.equal(ending.how, 'ended');
  const again = outcomeOf(world, tasks, ...FILES);
  const bad = first.failed.filter((line) => line.includes('"kind":"input"'));
  assert.equal(again.failed.length, bad.length, 'what is no JSON is none still');
  assert.equal(ending.pool?.ran.length, first.failed.length - bad.length);
  assert.deepEqual(again.results.slice(0, first.results.length), first.results);
});

test('dead letters stay where the input turns out to be another one, and where results are in order', async () => {
  const world = new World(seeded(1), smallTask, text);
  await world.run({});
  const before = world.disk.get('/out.failed.ndjson')!.toString();
  world.disk.put('/in.ndjson', text.replace('"n":1,', '"n":9,'));
  const { code } = ((await world.run({ retryFailed: true })) as Ending & { how: 'failed' }).error as BatchError;
  assert.equal(code, 'ERR_BATCH_INPUT_CHANGED');
  assert.equal(world.disk.get('/out.failed.ndjson')!.toString(), before);
  await assert.rejects(world.run({ retryFailed: true, ordered: true }), {
    code: 'ERR_BATCH_OPTION',
    message: /^retryFailed: .*deadLetters/,
  });
});

test('killed at any call, with or without a power cut, no line is lost or doubled', async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  for (let killAt = 3; killAt < 150; killAt += 1 + Math.floor(random() * 9)) {
    const world = new World(random, smallTask, text);
    await world.run({});
    await world.run({ retryFailed: true, sync: 'always' }, { killAt });
    if (random() < 0.5) world.disk.cutPower();
    await resumeToEnd(world, {}, random, true);
    outcomeOf(world, tasks, ...FILES);
  }
});
