import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { seeded } from '../../src/core/random.ts';
import { fuzz } from '../observe/fuzz.ts';
import { soaked } from '../soak.ts';
import { Holdfast, range, recordsOf, scratch, TASK } from './command.ts';

const LINES = 1_000;
const REQUESTS = soaked(100_000, 1_000);

test(`a job under ${REQUESTS} requests of any shape: one manager, every line once`, async (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const cwd = scratch(t);
  const args = ['run', TASK, '-', '-o', 'out.ndjson', '--threads', '2', '--ordered', '--metrics-port', '0'];
  const call = new Holdfast(args, { cwd });
  t.after(() => call.process.kill('SIGKILL'));
  await call.says(/Metrics: http:\S+\n/);
  const port = Number(/Metrics: http:\S+:(\d+)\/metrics\n/.exec(call.stderr)![1]);
  const feed = (from: number) =>
    call.process.stdin!.write(
      range(LINES)
        .map((n) => `{"n":${from + n}}\n`)
        .join(''),
    );
  feed(0);
  await fuzz(port, seeded(seed), REQUESTS);
  feed(LINES);
  call.process.stdin!.end();
  const { code } = await call.ended;
  assert.equal(code, 0, call.stderr);
  assert.doesNotMatch(call.stderr, /died/);
  assert.deepEqual(
    recordsOf(join(cwd, 'out.ndjson')).map(({ index }) => index),
    range(2 * LINES),
  );
  assert.equal(readFileSync(join(cwd, 'out.failed.ndjson'), 'utf8'), '');
});
