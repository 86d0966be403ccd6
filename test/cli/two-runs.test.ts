import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { linkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Holdfast, holdfast, indexesOf, MAIN, managerOf, scratch, TASK, untilSize, writeInput } from './command.ts';

const WAITING = [{ n: 0 }, { n: 1, ms: 1_000_000 }];

const can = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const flock = can('flock', '--help');
const unshare = can('unshare', '-pf', '--mount-proc', 'true');

test('an output that another run writes is refused under each of its names', { skip: !flock && 'no flock program' }, async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), WAITING);
  for (const name of ['out.ndjson', 'out.failed.ndjson']) writeFileSync(join(cwd, name), '');
  symlinkSync('out.ndjson', join(cwd, 'link.ndjson'));
  linkSync(join(cwd, 'out.ndjson'), join(cwd, 'hard.ndjson'));
  const first = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '1', '--timeout', 'none'], { cwd, input: '' });
  t.after(() => first.process.kill('SIGKILL'));
  await untilSize(join(cwd, 'out.ndjson'), 1);
  for (const name of ['out.ndjson', 'link.ndjson', 'hard.ndjson']) {
    const { code, stderr } = await holdfast(['run', TASK, 'in.ndjson', '-o', name, '--failed', `${name}.failed`, '--overwrite'], { cwd });
    assert.equal(code, 2, stderr);
    assert.match(
      stderr,
      name === 'out.ndjson'
        ? /Another run writes this output: out\.ndjson\.lock is held by process \d+/
        : /Another run writes this (output|file)/,
    );
  }
});

test('runs in two process namespaces with one host name: the live lock is kept, the dead one taken over', {
  skip: !(flock && unshare) && 'no unshare or flock here',
}, async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), WAITING);
  const args = [MAIN, 'run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '1', '--resume', '--timeout'];
  const apart = ['-pf', '--kill-child', '--mount-proc', process.execPath, ...args];
  const first = spawn('unshare', [...apart, 'none'], { cwd, stdio: 'ignore' });
  t.after(() => first.kill('SIGKILL'));
  await untilSize(join(cwd, 'out.ndjson'), 1);
  assert.ok(managerOf(join(cwd, 'out.ndjson'))! < 1_000, 'a number that means something in there only');
  const second = spawnSync('unshare', [...apart, 'none'], { cwd, encoding: 'utf8' });
  assert.match(second.stderr, /Another run writes this output/);
  assert.equal(second.status, 2);
  first.kill('SIGKILL');
  await new Promise((resolve) => first.once('exit', resolve));
  const third = spawnSync(process.execPath, [...args, '50ms', '--retry', '0'], { cwd, encoding: 'utf8' });
  assert.equal(third.status, 1, third.stderr);
  assert.deepEqual([indexesOf(join(cwd, 'out.ndjson')), indexesOf(join(cwd, 'out.failed.ndjson'))], [[0], [1]]);
});
