import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { OpenLine } from '../../src/batch/lines/open-line.ts';
import { OpenLines } from '../../src/batch/lines/open-lines.ts';
import { threadPool } from '../../src/batch/pool/thread-pool.ts';
import { waitingText } from '../../src/cli/run/failures.ts';

const TASK = new URL('../fixtures/batch/batch-task.js', import.meta.url);

test('of a line that is tried again, the job knows at which attempt it is', async () => {
  const pool = threadPool({ filename: TASK, name: 'default', threads: 1 }, { batch: 1, timed: false });
  const lines = new OpenLines(8);
  const heard: [index: number, attempt: number][] = [];
  pool.onRetry((number, attempt) => heard.push([(lines.find(number) as OpenLine).index, attempt]));
  async function* source(): AsyncGenerator<string> {
    for (const [number, how] of ['nothing', 'crash once', 'nothing', 'crash once'].entries()) {
      lines.add(number, new OpenLine(100 + number, number, undefined, 'json', ''));
      yield JSON.stringify({ n: number, how });
    }
  }
  for await (const settled of pool.mapSettled(source(), { ordered: true, window: 8 }))
    assert.equal(settled.status, 'fulfilled', inspect(settled));
  await pool.close({ force: true });
  assert.deepEqual(heard, [
    [101, 2],
    [103, 2],
  ]);
});

test('which lines hold the job up is said with their file, their time and their attempt', () => {
  const longest = [
    { index: 6, line: 7, ms: 65_000, attempt: 2 },
    { index: 8, line: 1, file: 'b.ndjson', ms: 6_000, attempt: 1 },
  ];
  assert.equal(waitingText({ longest }), ', on the way: line 7 for 1m 5s (attempt 2), line 1 of b.ndjson for 6s');
});
