import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { further, oneIn } from '../soak.ts';
import { Holdfast, holdfast, MAIN, many, scratch, TASK, untilSize, writeInput } from './command.ts';

const test = oneIn(4, import.meta.url);

test('a reader that leaves (| head) ends the job with a clear error', async (t) => {
  const cwd = scratch(t);
  writeInput(
    join(cwd, 'in.ndjson'),
    many(20_000, 0).map(({ n }) => ({ n })),
  );
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${MAIN}" run "${TASK}" in.ndjson -o - 2>err.txt | head -n 3; cat err.txt`], {
    cwd,
  });
  let text = '';
  shell.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await new Promise((resolve) => shell.once('close', resolve));
  assert.equal(text.split('\n').filter((line) => line.startsWith('{"index":')).length, 3, text);
  assert.match(text, /holdfast: Standard output was closed by its reader before the job was done\./);
});

test('a full device ends the job with a clear error, exit code 3', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(100, 0));
  const named = await holdfast(['run', TASK, 'in.ndjson', '-o', '/dev/full', '--failed', 'failed.ndjson'], { cwd });
  assert.deepEqual([named.code, /\/dev\/full: no space is left on the device/.test(named.stderr)], [3, true], named.stderr);
  assert.doesNotMatch(named.stderr, /--resume/, 'a device cannot be read again');
});

further('standard output on a full device ends the job as well', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(100, 0));
  const full = openSync('/dev/full', 'w');
  const call = new Holdfast(['run', TASK, 'in.ndjson', '-o', '-', '--overwrite'], { cwd, input: '', stdout: full });
  const { code } = await call.ended;
  closeSync(full);
  assert.deepEqual([code, /Standard output: no space is left/.test(call.stderr)], [3, true], call.stderr);
});

further('metrics can be scraped while it runs', async (t) => {
  const cwd = scratch(t);
  // Far more than it has done by then, however slow we are to ask.
  writeInput(join(cwd, 'in.ndjson'), many(20_000, 20));
  const call = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '2', '--metrics-port', '0'], { cwd, input: '' });
  await call.says(/Metrics: http:\S+\n/);
  const url = /Metrics: (http:\S+)\n/.exec(call.stderr)![1]!;
  await untilSize(join(cwd, 'out.ndjson'), 1);
  const answer = await fetch(url);
  assert.match(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
  assert.match(await answer.text(), /^holdfast_tasks_settled_total\{.*outcome="ok"\} [1-9]/m);
  assert.equal((await fetch(url.replace('/metrics', '/nowhere'))).status, 404);
  assert.match(await (await fetch(url.replace('/metrics', '/'))).text(), /^<!doctype html>/);
  call.process.kill('SIGINT');
  await call.ended;
});
