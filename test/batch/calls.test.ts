import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BatchOptions, runBatch } from '../../src/batch/index.ts';
import { seeded } from '../../src/core/random.ts';
import { further, oneIn } from '../soak.ts';
import { World } from './world.ts';

const test = oneIn(3, import.meta.url);

const TASK = new URL('../fixtures/batch/calls.js', import.meta.url);

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function run(t: TestContext, input: string, options: Partial<BatchOptions>) {
  const directory = scratch(t);
  writeFileSync(join(directory, 'in.ndjson'), input);
  const notes: string[] = [];
  const summary = await runBatch({
    ...{ filename: TASK, input: join(directory, 'in.ndjson'), out: join(directory, 'out.ndjson'), threads: 2, spares: 0, metrics: false },
    onNote: (note) => notes.push(note),
    ...options,
    ...(options.joblog !== undefined && { joblog: join(directory, options.joblog) }),
  });
  const read = (name: string) =>
    readFileSync(join(directory, name), 'utf8')
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '');
  return { summary, notes, read };
}

const records = (lines: readonly string[]) => lines.map((line) => JSON.parse(line)).sort((a, b) => a.index - b.index);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}\n`).join('');

test('several lines a call: each has its own record, and no call has more than it may', async (t) => {
  const { read } = await run(t, numbers(1_000), { name: 'tripled', batch: 16 });
  const results = records(read('out.ndjson'));
  assert.deepEqual(
    results.map(({ index, value }) => [index, value.value]),
    results.map((_, i) => [i, 3 * i]),
  );
  assert.equal(results.length, 1_000);
  const sizes = results.map(({ value }) => value.of as number);
  assert.ok(Math.max(...sizes) <= 16 && Math.max(...sizes) > 1, `calls of ${Math.min(...sizes)} to ${Math.max(...sizes)} lines`);
});

test('a call that fails costs only the line that is to blame, however it fails', async (t) => {
  for (const name of ['refusesSeven', 'crashesAtSeven', 'forgetsSeven']) {
    const { summary, read } = await run(t, numbers(40), { name, batch: 10, retry: 0, ordered: true });
    assert.deepEqual([summary.done, summary.failed], [39, 1], name);
    assert.deepEqual(
      records(read('out.failed.ndjson')).map(({ index, input }) => [index, input]),
      [[7, 7]],
      name,
    );
    assert.deepEqual(
      read('out.ndjson').map((line) => JSON.parse(line).index),
      [...Array(40).keys()].filter((i) => i !== 7),
      name,
    );
  }
});

test('lines that are no JSON are left out of their call', async (t) => {
  const { summary, read } = await run(t, '0\nnone\n2\n', { name: 'tripled', batch: 3 });
  assert.deepEqual([summary.done, summary.failed, summary.kinds], [2, 1, { input: 1 }]);
  assert.deepEqual(
    records(read('out.ndjson')).map(({ index }) => index),
    [0, 2],
  );
});

test('calls of several lines survive every kind of interruption, to the last line', async () => {
  const random = seeded(7);
  const task = (value: unknown) => {
    const inputs = value as number[];
    if (inputs.includes(13) || (inputs.length > 1 && random() < 0.2)) throw new Error('not today');
    return inputs.map((n) => 2 * n);
  };
  const world = new World(random, task, numbers(60));
  let ending = await world.run({ batch: 7, sync: 'always' }, { killAt: 25 });
  for (let tries = 0; ending.how !== 'ended' && tries < 50; tries++) ending = await world.run({ batch: 7, resume: true, sync: 'always' });
  assert.equal(ending.how, 'ended');
  assert.deepEqual(ending.how === 'ended' && [ending.summary.done, ending.summary.failed], [59, 1]);
});

further('the job log tells of every line when it ran, at which attempt, and how it ended', async (t) => {
  const { read } = await run(t, '0\nnone\n7\n', { name: 'crashesOnce', joblog: 'log.tsv', retry: 2 });
  const [header, ...rows] = read('log.tsv').map((line) => line.split('\t'));
  assert.deepEqual(header, ['index', 'line', 'started', 'seconds', 'attempts', 'outcome', 'file']);
  const sorted = rows.sort((a, b) => Number(a[0]) - Number(b[0]));
  assert.deepEqual(
    sorted.map(([index, line, , , attempts, outcome]) => [index, line, attempts, outcome]),
    [
      ['0', '1', '1', 'ok'],
      ['1', '2', '0', 'input'],
      ['2', '3', '2', 'ok'],
    ],
  );
  for (const [, , started, seconds, , outcome] of sorted) {
    if (outcome === 'input') assert.deepEqual([started, seconds], ['', '']);
    else assert.ok(Math.abs(Date.parse(started!) - Date.now()) < 600_000 && Number(seconds) >= 0, `${started} ${seconds}`);
  }
});

test('a job log that cannot be written is a note, and costs no result', { skip: process.platform !== 'linux' }, async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, 'in.ndjson'), numbers(3));
  const job = {
    filename: TASK,
    name: 'single',
    input: join(directory, 'in.ndjson'),
    out: join(directory, 'out.ndjson'),
    threads: 1,
    metrics: false,
  } as const;
  await assert.rejects(runBatch({ ...job, joblog: '/dev/full' }), /joblog: expected a file, got the device/);
  await assert.rejects(runBatch({ ...job, joblog: join(directory, 'in.ndjson') }), /is an input of this job/);
  await assert.rejects(runBatch({ ...job, joblog: job.out }), /expected a file of its own/);
});

test('a dry run loads the module, reads everything, and writes nothing', async (t) => {
  const { summary, read } = await run(t, '0\nnone\n2\n', { name: 'single', dryRun: true });
  assert.deepEqual([summary.outcome, summary.lines, summary.done, summary.failed], ['dry run', 3, 2, 1]);
  assert.throws(() => read('out.ndjson'), /ENOENT/);
  await assert.rejects(run(t, '0\n', { name: 'missing', dryRun: true }), { code: 'ERR_BATCH_TASK' });
});

further('input that does not begin with JSON gets a hint', async (t) => {
  const csv = await run(t, 'id,name\n1,a\n', { name: 'single' });
  assert.match(csv.notes.join(), /looks like CSV.*format 'csv'/);
  const text = await run(t, 'one line of a log\nanother\n', { name: 'single' });
  assert.match(text.notes.join(), /format 'lines'/);
});
