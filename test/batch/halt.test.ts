import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchError } from '../../src/batch/errors.ts';
import { mustHalt } from '../../src/batch/halt.ts';
import { seeded } from '../../src/core/random.ts';
import { outcomeOf } from './crash-stories.ts';
import { type Ending, World } from './world.ts';

const FILES = ['/out.ndjson', '/out.failed.ndjson'] as const;
const lines = (count: number): string => Array.from({ length: count }, (_, n) => `{"n":${n}}\n`).join('');
const failing = (value: unknown) => {
  if ((value as { n: number }).n >= 10) throw new TypeError('no\u001b[2J luck');
  return value;
};

const errorOf = (ending: Ending) => (ending as Ending & { how: 'failed' }).error as BatchError;

test('each rule stops a job when it is met, and not before', () => {
  const met: [rule: Parameters<typeof mustHalt>[0], done: number, failed: number, halts: boolean][] = [
    ['all fail', 0, 99, false],
    ['all fail', 0, 100, true],
    ['all fail', 1, 10_000, false],
    ['never', 0, 10_000, false],
    [{ failed: 3 }, 1_000, 2, false],
    [{ failed: 3 }, 1_000, 3, true],
    [{ share: 0.1 }, 0, 99, false],
    [{ share: 0.1 }, 90, 10, true],
    [{ share: 0.1 }, 91, 9, false],
  ];
  for (const [rule, done, failed, halts] of met) assert.equal(mustHalt(rule, done, failed), halts, JSON.stringify([rule, done, failed]));
});

test('a job in which nothing at all succeeds is stopped, says why, and can be resumed', async () => {
  let broken = true;
  const task = (value: unknown) => {
    if (broken) throw new Error('no database');
    return value;
  };
  const world = new World(seeded(1), task, lines(1_000));
  const { code, message, phase } = errorOf(await world.run({}));
  assert.deepEqual([code, phase], ['ERR_BATCH_HALTED', 'during']);
  assert.match(
    message,
    /^The first \d+ lines have all failed, so the job was stopped\. The first one is line \d+ \(error\): Error: no database\./,
  );
  broken = false;
  assert.equal((await world.run({ resume: true })).how, 'ended');
  const { failed } = outcomeOf(world, 1_000, ...FILES);
  assert.ok(failed.length >= 100 && failed.length < 130, `${failed.length}`);
});

test('a text file that is no JSON is found out after a hundred lines', async () => {
  const world = new World(seeded(1), (value) => value, 'some text\n'.repeat(5_000));
  assert.match(
    errorOf(await world.run({})).message,
    /line 1 \(input\): .* If the input is text or CSV and not JSON lines, say so \(format\)\./,
  );
});

test('dead letters by number stop a job; what is on the way is recorded', async () => {
  const world = new World(seeded(1), failing, lines(200));
  const { code } = errorOf(await world.run({ halt: { failed: 5 } }));
  assert.equal(code, 'ERR_BATCH_HALTED');
  const failed = world.disk.get('/out.failed.ndjson')!.toString().trim().split('\n');
  assert.ok(failed.length >= 5 && failed.length < 30, `${failed.length}`);
  assert.equal((await world.run({ resume: true, halt: 'never' })).how, 'ended');
  outcomeOf(world, 200, ...FILES);
});

test('the summary names the kinds and the first failure', async () => {
  const world = new World(seeded(1), failing, `no json\n${lines(12)}`);
  const ending = await world.run({});
  assert.equal(ending.how, 'ended');
  const { kinds, firstFailure, failed } = (ending as Ending & { how: 'ended' }).summary;
  assert.deepEqual([kinds, failed], [{ input: 1, error: 2 }, 3]);
  assert.deepEqual([firstFailure?.line, firstFailure?.kind], [1, 'input']);
});
