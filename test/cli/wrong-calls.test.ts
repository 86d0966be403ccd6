import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { holdfast, scratch, TASK, writeInput } from './command.ts';

test('a wrong call says what was expected, and exits 2', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }]);
  mkdirSync(join(cwd, 'directory'));
  writeFileSync(join(cwd, 'task.ts'), 'export default (x: number): number => x;');
  writeFileSync(join(cwd, 'full.ndjson'), 'precious\n');
  const out = ['-o', 'out.ndjson'];
  const calls: [args: string[], pattern: RegExp][] = [
    [[TASK, 'in.ndjson'], /required option '-o, --out <file>' not specified/],
    [[TASK, 'missing.ndjson', ...out], /missing\.ndjson cannot be read: there is no such file/],
    [[TASK, 'directory', ...out], /directory cannot be read: it is a directory/],
    [['missing.js', 'in.ndjson', ...out], /task module .*missing\.js cannot be read: there is no such file/],
    [[TASK, 'in.ndjson', '-o', 'directory'], /directory is a directory/],
    [[TASK, 'in.ndjson', '-o', 'nowhere/out.ndjson'], /nowhere\/out\.ndjson cannot be written: there is no folder .*nowhere\./],
    [[TASK, 'in.ndjson', '-o', 'full.ndjson'], /full\.ndjson holds 9 bytes already/],
    [[TASK, 'in.ndjson', '-o', 'full.ndjson', '--resume'], /full\.ndjson\.job.* is not there/],
    [[TASK, 'in.ndjson', ...out, '--threads', '0'], /threads/],
    [[TASK, 'in.ndjson', ...out, '--metrics-port', '99999'], /Expected a port/],
    [[TASK, 'in.ndjson', ...out, '--frobnicate'], /unknown option '--frobnicate'/],
  ];
  if (!(process.features as { typescript?: unknown }).typescript) {
    calls.push([['task.ts', 'in.ndjson', ...out], /cannot run the TypeScript module .*Compile it.*or use Node 22\.18/]);
  }
  for (const [args, pattern] of calls) {
    const { code, stdout, stderr } = await holdfast(['run', ...args], { cwd });
    assert.match(stderr, pattern);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.ok(!existsSync(join(cwd, 'out.ndjson')), args.join(' '));
  }
  assert.equal(readFileSync(join(cwd, 'full.ndjson'), 'utf8'), 'precious\n');
});

test('an output without permission is refused', async (t) => {
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

test('a module that does not load stops the job with its own error, exit code 3', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }]);
  writeFileSync(join(cwd, 'task.mjs'), 'throw new Error("no database here");');
  const { code, stderr } = await holdfast(['run', 'task.mjs', 'in.ndjson', '-o', 'out.ndjson'], { cwd });
  assert.equal(code, 3, stderr);
  assert.match(stderr, /The pool has given up: [^\n]*[^.]\. Mend the task module, then resume\.\n {2}caused by: (?!PoolFailedError)/);
  assert.match(stderr, /caused by: Error: no database here/);
  writeFileSync(join(cwd, 'task.mjs'), 'export default (x) => x;');
  const mended = await holdfast(['run', 'task.mjs', 'in.ndjson', '-o', 'out.ndjson', '--resume', '--allow-changed-task'], { cwd });
  assert.equal(mended.code, 0, mended.stderr);
});
