import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchInput } from '../../fixtures/batch/batch-task.ts';
import { further, oneIn, SOAK } from '../../soak.ts';
import { gated, Holdfast, indexesOf, MAIN, managerOf, many, range, scratch, TASK, untilSize, writeInput } from '../command.ts';

const test = oneIn(4, import.meta.url);

/** More than are on the way at a time: some must be left when it is interrupted. */
const LINES = SOAK ? 20_000 : 6_000;

test('Ctrl-C once finishes what has begun, prints the command that resumes, and exits 130', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, "in put's.ndjson"), gated(LINES));
  const out = join(cwd, 'out.ndjson');
  const call = new Holdfast(['run', TASK, "in put's.ndjson", '-o', 'out.ndjson', '--threads', '2'], { cwd, input: '' });
  await untilSize(out, 2_000);
  call.process.kill('SIGINT');
  await call.says(/Stopping/);
  writeFileSync(join(cwd, 'gate'), '');
  const { code } = await call.ended;
  assert.equal(code, 130, call.stderr);
  assert.match(call.stderr, /Stopping: .*Once more \(Ctrl-C\) stops at once/);
  const before = indexesOf(out).length;
  assert.ok(before > 0 && before < LINES, `${before}`);
  const command = /To go on:\n {2}(.+)\n/.exec(call.stderr)![1]!;
  assert.match(command, / 'in put'\\''s\.ndjson' .*--resume$/);
  // The shell takes it as it was printed.
  const shell = spawn('sh', ['-c', command.replace(/^node \S+/, `'${process.execPath}' '${MAIN}'`)], { cwd, stdio: 'ignore' });
  assert.equal(await new Promise((resolve) => shell.once('exit', resolve)), 0);
  assert.deepEqual(
    indexesOf(out).sort((a, b) => a - b),
    range(LINES),
  );
});

test('Ctrl-C twice stops at once, and what was recorded stands', async (t) => {
  const cwd = scratch(t);
  const endless: BatchInput = { n: 100, ms: 1_000_000 };
  writeInput(join(cwd, 'in.ndjson'), [...many(100, 1), endless, ...many(10, 1)]);
  const out = join(cwd, 'out.ndjson');
  const call = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '2', '--timeout', 'none'], { cwd, input: '' });
  await untilSize(out, 2_000);
  call.process.kill('SIGINT');
  await call.says(/Stopping/);
  call.process.kill('SIGINT');
  const { code } = await call.ended;
  assert.equal(code, 130, call.stderr);
  assert.match(call.stderr, /To go on:\n .*--resume\n/);
  assert.ok(indexesOf(out).length >= 50);
});

further('what a replaced manager finds wrong before it begins does not hide that the job is half done', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), gated(150));
  const worker = new URL('../../../src/thread/worker.js', import.meta.url).href;
  writeFileSync(join(cwd, 'task.mjs'), readFileSync(TASK, 'utf8').replace(/'[^']*worker\.js'/, `'${worker}'`));
  const out = join(cwd, 'out.ndjson');
  const call = new Holdfast(['run', 'task.mjs', 'in.ndjson', '-o', 'out.ndjson', '--threads', '2'], { cwd, input: '' });
  await untilSize(out, 1_000);
  rmSync(join(cwd, 'task.mjs'));
  process.kill(managerOf(out)!, 'SIGKILL');
  const { code } = await call.ended;
  assert.equal(code, 3, call.stderr);
  assert.match(call.stderr, /task\.mjs cannot be read: there is no such file\.\nTo go on:\n .*--resume\n/);
});

further('a manager that dies is replaced unasked, and the time to go on is printed', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), gated(150));
  const out = join(cwd, 'out.ndjson');
  const call = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '2', '--ordered'], { cwd, input: '' });
  await untilSize(out, 1_000);
  process.kill(managerOf(out)!, 'SIGKILL');
  writeFileSync(join(cwd, 'gate'), '');
  const { code } = await call.ended;
  assert.equal(code, 0, call.stderr);
  assert.match(call.stderr, /The manager \(process \d+\) died: SIGKILL\. Process \d+ goes on from the journal after \d+ ms\./);
  assert.match(call.stderr, /All done: 150 lines/);
  assert.deepEqual(indexesOf(out), range(150));
});
