import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchError } from '../../src/batch/errors.ts';
import { seeded } from '../../src/core/random.ts';
import { outcomeOf, smallInput, smallTask } from './crash-stories.ts';
import { type Ending, World, type WorldOptions } from './world.ts';

const FILES = ['/out.ndjson', '/out.failed.ndjson'] as const;

/** A job that was killed somewhere in its middle, with `sync: 'always'`, so that its journal holds something. */
async function halfDone(input: string, options: WorldOptions = {}): Promise<World> {
  const world = new World(seeded(7), smallTask, input);
  const { how } = await world.run({ sync: 'always', ...options }, { killAt: 120 });
  assert.equal(how, 'killed');
  assert.ok(world.disk.get('/out.ndjson')!.length > 0);
  return world;
}

function refused(ending: Ending, code: string, pattern: RegExp): void {
  assert.equal(ending.how, 'failed');
  const error = (ending as Ending & { how: 'failed' }).error as BatchError;
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  assert.equal(error.phase, 'before');
}

async function refusesAndKeeps(world: World, options: WorldOptions, code: string, pattern: RegExp): Promise<void> {
  const before = FILES.map((path) => world.disk.get(path)?.toString());
  refused(await world.run({ resume: true, ...options }), code, pattern);
  assert.deepEqual(
    FILES.map((path) => world.disk.get(path)?.toString()),
    before,
  );
}

const { text, tasks } = smallInput(60);

test('a job that was finished has nothing left to do', async () => {
  const world = new World(seeded(1), smallTask, text);
  await world.run({});
  const before = world.disk.get('/out.ndjson')!.toString();
  const ending = await world.run({ resume: true });
  assert.equal(ending.how, 'ended');
  assert.deepEqual(ending.pool?.ran, []);
  assert.equal(world.disk.get('/out.ndjson')!.toString(), before);
});

test('resume without anything to resume begins the job', async () => {
  const world = new World(seeded(1), smallTask, text);
  assert.equal((await world.run({ resume: true })).how, 'ended');
  outcomeOf(world, tasks, ...FILES);
});

test('an output that holds something is neither overwritten nor continued unasked', async () => {
  const world = new World(seeded(1), smallTask, text);
  world.disk.put('/out.ndjson', 'precious\n');
  refused(await world.run({}), 'ERR_BATCH_OUTPUT_EXISTS', /holds 9 bytes already.*resume.*overwrite/s);
  refused(await world.run({ resume: true }), 'ERR_BATCH_OTHER_JOB', /out\.ndjson\.job.*is not there/);
  assert.equal(world.disk.get('/out.ndjson')!.toString(), 'precious\n');
  assert.equal((await world.run({ overwrite: true })).how, 'ended');
  outcomeOf(world, tasks, ...FILES);
});

test('results of another task are refused, unless one says that the task has changed', async () => {
  const world = await halfDone(text);
  world.disk.put('/task.js', 'export default (x) => x + 1');
  await refusesAndKeeps(world, {}, 'ERR_BATCH_OTHER_JOB', /task module.*has changed/s);
  assert.equal((await world.run({ resume: true, allowChangedTask: true })).how, 'ended');
  outcomeOf(world, tasks, ...FILES);
});

for (const [option, value] of [
  ['name', 'other'],
  ['ordered', true],
  ['maxLine', 5_000],
  ['deadLetters', true],
  ['failed', '/elsewhere.ndjson'],
  ['input', ['/in.ndjson', '/task.js']],
] as const) {
  test(`a resume with another ${option} is refused`, async () => {
    await refusesAndKeeps(await halfDone(text), { [option]: value }, 'ERR_BATCH_OTHER_JOB', /another job/);
  });
}

test('another input is refused before any of it is run', async () => {
  const world = await halfDone(text);
  world.disk.put('/in.ndjson', text.replace('"n":1,', '"n":9,'));
  const ending = await world.run({ resume: true });
  refused(ending, 'ERR_BATCH_INPUT_CHANGED', /contents differ/);
  assert.deepEqual(ending.pool?.ran, []);
});

test('an input that was cut short is refused', async () => {
  const world = await halfDone(text);
  world.disk.put('/in.ndjson', text.slice(0, 400));
  const ending = await world.run({ resume: true });
  refused(ending, 'ERR_BATCH_INPUT_CHANGED', /it had at least \d+ bytes, and has only 400/);
  assert.deepEqual(ending.pool?.ran, []);
});

test('an input that has grown goes on with the new lines', async () => {
  const world = await halfDone(text);
  world.disk.put('/in.ndjson', `${text}{"n":1000}\n{"n":1001}\n`);
  assert.equal((await world.run({ resume: true })).how, 'ended');
  outcomeOf(world, tasks + 2, ...FILES);
});

test('a last line without a line feed counts, and must not grow afterwards', async () => {
  const world = new World(seeded(3), smallTask, '{"n":1}\n{"n":30');
  await world.run({});
  outcomeOf(world, 2, ...FILES);
  world.disk.put('/in.ndjson', '{"n":1}\n{"n":300}\n');
  await refusesAndKeeps(world, {}, 'ERR_BATCH_INPUT_CHANGED', /last line had no line feed.*has grown since/);
});

test('what an input has gained that is not the last one is told and left out, and the job does not end as if all were done', async () => {
  const world = new World(seeded(3), smallTask, '{"n":1}\n{"n":3}\n');
  world.disk.put('/more.ndjson', '{"n":4}\n');
  const input = ['/in.ndjson', '/more.ndjson'];
  await world.run({ input });
  world.disk.put('/in.ndjson', '{"n":1}\n{"n":3}\n{"n":99}\n');
  world.disk.put('/more.ndjson', '{"n":4}\n{"n":5}\n');
  const ending = await world.run({ input, resume: true });
  const { code, message, phase } = (ending as Ending & { how: 'failed' }).error as BatchError;
  assert.deepEqual([code, phase], ['ERR_BATCH_INPUT_CHANGED', 'during']);
  assert.match(message, /in\.ndjson holds more than the 16 bytes.*no part of it.*a job of their own/);
  assert.deepEqual(ending.pool?.ran, [{ n: 5 }]);
  world.disk.put('/in.ndjson', '{"n":1}\n');
  await refusesAndKeeps(world, { input }, 'ERR_BATCH_INPUT_CHANGED', /had 16 bytes.*has only 8/);
});

test('an input that grows while it is read is read to its end, wherever that is, also where others follow', async () => {
  const long = Array.from({ length: 300 }, (_, n) => `{"n":${n + 1},"filler":"${'x'.repeat(1_000)}"}\n`).join('');
  const task = (value: unknown) => {
    if ((value as { n: number }).n === 1) world.disk.grow('/in.ndjson', '{"n":0}\n');
    return null;
  };
  const world: World = new World(seeded(3), task, long);
  world.disk.put('/more.ndjson', '{"n":4}\n');
  const input = ['/in.ndjson', '/more.ndjson'];
  assert.equal((await world.run({ input })).how, 'ended');
  outcomeOf(world, 302, ...FILES);
});

test('a torn last line is cut off, told, and run again', async () => {
  const world = new World(seeded(1), smallTask, text);
  await world.run({});
  const whole = world.disk.get('/out.ndjson')!;
  const job = JSON.parse(world.disk.get('/out.ndjson.job')!.toString());
  job.synced.results = 0;
  world.disk.put('/out.ndjson.job', JSON.stringify(job));
  world.disk.put('/out.ndjson', whole.subarray(0, whole.length - 5));
  const ending = await world.run({ resume: true });
  assert.match(ending.notes.join(), /out\.ndjson: cut \d+ bytes that were torn/);
  assert.equal(ending.pool?.ran.length, 1);
  outcomeOf(world, tasks, ...FILES);
});

test('files that are not as the job left them are refused', async () => {
  const damage: [path: string, change: (bytes: Buffer) => string, pattern: RegExp][] = [
    ['/out.ndjson', () => '', /has 0 bytes, and \d+ were on the disk/],
    ['/out.ndjson', (bytes) => bytes.toString().replace('{"index"', '{"Index"'), /begins at byte \d+ is no record/],
    ['/out.ndjson', (bytes) => bytes.toString() + bytes.toString(), /index \d+ at byte \d+ stands there/],
    ['/out.ndjson.job', () => '{', /not a job file: expected JSON/],
    ['/out.ndjson.job', () => '{"holdfast":99}', /expected format 1, got 99/],
  ];
  for (const [path, change, pattern] of damage) {
    const world = new World(seeded(1), smallTask, text);
    await world.run({});
    world.disk.put(path, change(world.disk.get(path)!));
    await refusesAndKeeps(world, {}, 'ERR_BATCH_JOURNAL_DAMAGED', pattern);
  }
});

test('dead letters are fed back in, and keep the index of the line they were', async () => {
  let broken = true;
  const task = (value: unknown) => {
    if (broken) return smallTask(value);
    return { mended: (value as { n: number }).n };
  };
  const world = new World(seeded(2), task, text);
  await world.run({});
  const { failed } = outcomeOf(world, tasks, ...FILES);
  broken = false;
  const ending = await world.run({ input: '/out.failed.ndjson', out: '/again.ndjson', deadLetters: true });
  assert.equal(ending.how, 'ended');
  const origins = failed.map((line) => (JSON.parse(line) as { index: number }).index);
  const again = outcomeOf(world, failed.length, '/again.ndjson', '/again.failed.ndjson');
  const found = [...again.results, ...again.failed].map((line) => (JSON.parse(line) as { origin: number }).origin);
  assert.deepEqual(
    found.sort((a, b) => a - b),
    origins.sort((a, b) => a - b),
  );
  // Lines that were no JSON are no JSON still; all others are mended.
  const raw = failed.filter((line) => line.includes('"kind":"input"')).length;
  assert.equal(again.failed.length, raw);
});

test('dead letters that are fed in as they are get a hint, and are run as they are', async () => {
  const letter = '{"index":3,"line":4,"input":{"n":1},"kind":"error","error":{},"attempts":[]}';
  const world = new World(seeded(2), (value) => value, `${letter}\n`);
  const ending = await world.run({});
  assert.match(ending.notes.join(), /looks like a dead letter.*--dead-letters/);
  assert.deepEqual(ending.pool?.ran, [JSON.parse(letter)]);
});

test('lines that are no dead letters are told so', async () => {
  const world = new World(seeded(2), smallTask, '{"n":1}\n');
  await world.run({ deadLetters: true });
  const { failed } = outcomeOf(world, 1, ...FILES);
  assert.match(failed[0]!, /ERR_LINE_NOT_DEAD_LETTER/);
});
