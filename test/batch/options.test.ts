import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchError, type BatchOptions, runBatch } from '../../src/batch/index.ts';
import { failedPathOf, resolveJob } from '../../src/batch/options.ts';

const good = { filename: './task.js', input: 'in.ndjson', out: 'out.ndjson' };

test('every bad option is refused at once, with what was expected and what came', async () => {
  const bad: [options: Record<string, unknown>, message: RegExp][] = [
    [{ filename: undefined }, /^filename: expected a path or a URL, got undefined/],
    [{ filename: 5 }, /^filename: .* got 5/],
    [{ input: [] }, /^input: expected a path, or a list of at least one, got \[\]/],
    [{ input: ['a', ''] }, /^input: /],
    [{ input: ['-', '-'] }, /^input: expected - at most once/],
    [{ out: '' }, /^out: expected a path/],
    [{ failed: '-' }, /^failed: expected a path, got "-"/],
    [{ name: 7 }, /^name: /],
    [{ resume: 'yes' }, /^resume: expected true or false, got "yes"/],
    [{ resume: true, overwrite: true }, /^overwrite: /],
    [{ resume: true, out: '-' }, /^resume: .*standard output is no journal/],
    [{ sync: 0 }, /^sync: expected milliseconds, 'always' or 'never', got 0/],
    [{ sync: 1.5 }, /^sync: /],
    [{ maxLine: Number.NaN }, /^maxLine: .* got NaN/],
    [{ maxLine: 2 ** 30 }, /^maxLine: /],
    [{ signal: {} }, /^signal: expected an AbortSignal/],
    [{ onProgress: 1 }, /^onProgress: expected a function/],
  ];
  for (const [options, message] of bad) {
    await assert.rejects(runBatch({ ...good, ...options } as BatchOptions), (error: BatchError) => {
      assert.ok(error instanceof BatchError);
      assert.equal(error.code, 'ERR_BATCH_OPTION');
      assert.match(error.message, message);
      return true;
    });
  }
});

test('what is no option of a job goes to the pool', () => {
  assert.deepEqual(resolveJob({ ...good, threads: 2, retry: { retries: 1 } }).pool, { threads: 2, retry: { retries: 1 } });
});

test('dead letters go beside the results', () => {
  const paths = ['out.ndjson', 'a/b.jsonl.gz', 'x.json', 'results', 'x.csv', 'a.gz', '-'];
  assert.deepEqual(paths.map(failedPathOf), [
    'out.failed.ndjson',
    'a/b.failed.jsonl.gz',
    'x.failed.json',
    'results.failed',
    'x.csv.failed',
    'a.failed.gz',
    'failed.ndjson',
  ]);
});
