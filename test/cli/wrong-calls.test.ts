import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BatchOptions, runBatch } from '../../src/batch/index.ts';
import { drawn, further, oneIn } from '../soak.ts';
import { holdfast, scratch, TASK, writeInput } from './command.ts';

const test = oneIn(4, import.meta.url);

test('a wrong call says what was expected, and exits 2', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }]);
  writeFileSync(join(cwd, 'broken.mjs'), "import './nowhere.mjs';");
  const out = ['-o', 'out.ndjson'];
  const calls: [args: string[], pattern: RegExp][] = [
    [[TASK, 'in.ndjson'], /required option '-o, --out <file>' not specified/],
    [[TASK, 'missing.ndjson', ...out], /missing\.ndjson cannot be read: there is no such file/],
    [
      ['broken.mjs', 'in.ndjson', ...out],
      /Cannot find module .*nowhere\.mjs.*\. Mend the task module, then try again\.\n {2}caused by: Error/,
    ],
    [['broken.mjs', 'in.ndjson', '-o', '-'], /Cannot find module .*nowhere\.mjs/],
    [[TASK, 'in.ndjson', ...out, '--metrics-port', '99999'], /Expected a port/],
    [[TASK, 'in.ndjson', ...out, '--frobnicate'], /unknown option '--frobnicate'/],
  ];
  for (const [args, pattern] of drawn(2, calls)) {
    const { code, stdout, stderr } = await holdfast(['run', ...args], { cwd });
    assert.match(stderr, pattern);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    for (const file of ['out.ndjson', 'out.ndjson.job', 'failed.ndjson']) assert.ok(!existsSync(join(cwd, file)), args.join(' '));
  }
});

/** What the command says and how it exits is the test above; these need no process of their own. */
test('a wrong job is refused before anything is begun', async (t) => {
  const cwd = scratch(t);
  const at = (name: string): string => join(cwd, name);
  writeInput(at('in.ndjson'), [{ n: 1 }]);
  mkdirSync(at('directory'));
  writeFileSync(at('full.ndjson'), 'precious\n');
  const job = { filename: TASK, input: at('in.ndjson'), out: at('out.ndjson') };
  const jobs: [job: BatchOptions, message: RegExp][] = [
    [{ ...job, input: at('directory') }, /directory cannot be read: it is a directory/],
    [{ ...job, filename: at('missing.js') }, /task module .*missing\.js cannot be read: there is no such file/],
    [{ ...job, out: at('directory') }, /directory is a directory/],
    [{ ...job, out: at('nowhere/out.ndjson') }, /nowhere\/out\.ndjson cannot be written: there is no folder .*nowhere\./],
    [{ ...job, out: at('full.ndjson') }, /full\.ndjson holds 9 bytes already/],
    [{ ...job, out: at('full.ndjson'), resume: true }, /full\.ndjson\.job.* is not there/],
    [{ ...job, name: 'nobody' }, /export a function called "nobody"\. Got functions default\..*try again\.$/],
    [{ ...job, out: '/dev/null' }, /failed: expected a path, because \/dev\/null is a pipe or a device/],
    [{ ...job, threads: 0 }, /threads/],
  ];
  for (const [wrong, message] of jobs) {
    await assert.rejects(runBatch(wrong), (error: Error & { code?: string; phase?: string }) => {
      assert.match(error.message, message);
      assert.equal(typeof error.code, 'string', 'an answer, and no fault of the program');
      assert.notEqual(error.phase, 'during');
      return true;
    });
    for (const file of ['out.ndjson', 'out.ndjson.job', 'failed.ndjson']) assert.ok(!existsSync(at(file)), String(message));
  }
  assert.equal(readFileSync(at('full.ndjson'), 'utf8'), 'precious\n');
});

further('an output without permission is refused', async (t) => {
  if (process.getuid?.() === 0) {
    t.diagnostic('root may write everywhere; /proc stands for a place where nobody can');
    const cwd = scratch(t);
    writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }]);
    const { code, stderr } = await holdfast(['run', TASK, 'in.ndjson', '-o', '/proc/out.ndjson'], { cwd });
    assert.deepEqual([code, /\/proc\/out\.ndjson cannot be written/.test(stderr)], [2, true], stderr);
    return;
  }
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }]);
  mkdirSync(join(cwd, 'locked'));
  chmodSync(join(cwd, 'locked'), 0o555);
  const { code, stderr } = await holdfast(['run', TASK, 'in.ndjson', '-o', 'locked/out.ndjson'], { cwd });
  assert.deepEqual([code, /locked\/out\.ndjson cannot be written/.test(stderr)], [2, true], stderr);
});

further(
  'a module that does not load is named with its own error before anything is begun, and the same call begins once it is mended',
  async (t) => {
    const cwd = scratch(t);
    writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }]);
    writeFileSync(join(cwd, 'task.mjs'), 'throw new Error("no database here");');
    const { code, stderr } = await holdfast(['run', 'task.mjs', 'in.ndjson', '-o', 'out.ndjson'], { cwd });
    assert.equal(code, 2, stderr);
    assert.match(
      stderr,
      /The threads cannot begin: [^\n]*[^.]\. Mend the task module, then try again\.\n {2}caused by: (?!PoolFailedError)/,
    );
    assert.doesNotMatch(stderr, /--resume/);
    assert.match(stderr, /caused by: Error: no database here/);
    writeFileSync(join(cwd, 'task.mjs'), 'export default (x) => x;');
    const mended = await holdfast(['run', 'task.mjs', 'in.ndjson', '-o', 'out.ndjson'], { cwd });
    assert.equal(mended.code, 0, mended.stderr);
  },
);
