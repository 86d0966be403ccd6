import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { first, further, oneIn } from '../../soak.ts';
import { Holdfast, holdfast, indexesOf, MAIN, managerOf, scratch, TASK, untilSize, writeInput } from '../command.ts';

const test = oneIn(4, import.meta.url);

const WAITING = [{ n: 0 }, { n: 1, ms: 1_000_000 }];

const can = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
const flock = can('flock', '--help');
const unshare = can('unshare', '-pf', '--mount-proc', 'true');
const mount = can('unshare', '-rm', 'mount', '--bind', '/tmp', '/mnt');

test('an output that another run writes is refused under each of its names', { skip: !flock && 'no flock program' }, async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), WAITING);
  for (const name of ['out.ndjson', 'out.failed.ndjson']) writeFileSync(join(cwd, name), '');
  symlinkSync('out.ndjson', join(cwd, 'link.ndjson'));
  linkSync(join(cwd, 'out.ndjson'), join(cwd, 'hard.ndjson'));
  const writer = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '1', '--timeout', 'none'], { cwd, input: '' });
  t.after(() => writer.process.kill('SIGKILL'));
  await untilSize(join(cwd, 'out.ndjson'), 1);
  for (const name of first(2, ['out.ndjson', 'hard.ndjson', 'link.ndjson'])) {
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

further(
  'runs in two process namespaces with one host name: the live lock is kept, the dead one taken over',
  {
    skip: !(flock && unshare) && 'no unshare or flock here',
  },
  async (t) => {
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
  },
);

further(
  'an output that another run knows through a bind mount, of its folder or of the file alone, is refused',
  {
    skip: !(flock && mount) && 'no bind mounts or no flock here',
  },
  async (t) => {
    const cwd = scratch(t);
    writeInput(join(cwd, 'in.ndjson'), WAITING);
    for (const name of ['real', 'bound', 'other']) mkdirSync(join(cwd, name));
    for (const name of ['real/out.ndjson', 'other/out.ndjson']) writeFileSync(join(cwd, name), '');
    const first = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'real/out.ndjson', '--threads', '1', '--timeout', 'none'], {
      cwd,
      input: '',
    });
    t.after(() => first.process.kill('SIGKILL'));
    await untilSize(join(cwd, 'real/out.ndjson'), 1);
    const run = `'${process.execPath}' '${MAIN}' run '${TASK}' in.ndjson --overwrite -o`;
    for (const [bound, out, message] of [
      ['real bound', 'bound/out.ndjson', /bound\/out\.ndjson\.lock is held by process \d+/],
      ['real/out.ndjson other/out.ndjson', 'other/out.ndjson', /Another run writes this file: the kernel says so/],
    ] as const) {
      const { status, stderr } = spawnSync('unshare', ['-rm', 'bash', '-c', `mount --bind ${bound} && ${run} ${out}`], {
        cwd,
        encoding: 'utf8',
      });
      assert.match(stderr, message);
      assert.equal(status, 2);
    }
  },
);

/** A program in the place of flock that fails as on a file system without such locks. */
function withoutLocks(cwd: string): NodeJS.ProcessEnv {
  mkdirSync(join(cwd, 'bin'));
  writeFileSync(join(cwd, 'bin/flock'), '#!/bin/sh\necho "flock: 3: Function not implemented" >&2\nexit 71\n');
  chmodSync(join(cwd, 'bin/flock'), 0o755);
  return { ...process.env, PATH: `${join(cwd, 'bin')}:${process.env.PATH}` };
}

further(
  'where locks of the kernel fail: never two writers, a dead owner is replaced, and one that cannot be seen is named',
  {
    skip: !unshare && 'no unshare here',
  },
  async (t) => {
    const cwd = scratch(t);
    const env = withoutLocks(cwd);
    writeInput(join(cwd, 'in.ndjson'), WAITING);
    const args = ['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '1', '--resume', '--timeout'];
    const out = join(cwd, 'out.ndjson');
    const unlock = () => {
      for (const name of ['out.ndjson', 'out.failed.ndjson']) rmSync(join(cwd, `${name}.lock`), { force: true });
    };
    const first = new Holdfast([...args, 'none'], { cwd, input: '', env });
    await untilSize(out, 1);
    assert.match((await holdfast([...args, 'none'], { cwd, env })).stderr, /out\.ndjson\.lock is held by process \d+/);
    const dead = managerOf(out)!;
    for (const pid of [dead, first.process.pid!]) process.kill(pid, 'SIGKILL');
    await first.ended;
    const next = new Holdfast([...args, 'none'], { cwd, input: '', env });
    while ((managerOf(out) ?? dead) === dead) await new Promise((resolve) => setTimeout(resolve, 5));
    next.process.kill('SIGKILL');
    await next.ended;
    unlock();
    const apart = ['-pf', '--kill-child', '--mount-proc', process.execPath, MAIN, ...args];
    const second = spawn('unshare', [...apart, 'none'], { cwd, env, stdio: 'ignore' });
    t.after(() => second.kill('SIGKILL'));
    while (managerOf(out) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    const third = await holdfast([...args, '50ms'], { cwd, env });
    assert.match(third.stderr, /out\.ndjson\.lock names process \d+ on .*, which cannot be seen from here.*delete that file and try again/);
    assert.equal(third.code, 2);
    second.kill('SIGKILL');
    await new Promise((resolve) => second.once('exit', resolve));
    unlock();
    const fourth = await holdfast([...args, '50ms', '--retry', '0'], { cwd, env });
    assert.equal(fourth.code, 1, fourth.stderr);
    assert.deepEqual([indexesOf(join(cwd, 'out.ndjson')), indexesOf(join(cwd, 'out.failed.ndjson'))], [[0], [1]]);
  },
);
