import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { descriptorAt } from '../../src/batch/index.ts';
import { further } from '../soak.ts';
import { indexesOf, MAIN, scratch, TASK, writeInput } from './command.ts';

const skip = process.platform === 'win32' && 'paths of descriptors are those of Unix';

test('a path that leads to a descriptor is told from one that does not', { skip }, (t) => {
  const cwd = scratch(t);
  symlinkSync('/dev/stdin', join(cwd, 'in'));
  symlinkSync('nowhere', join(cwd, 'out'));
  const found = ['/dev/stdin', '/dev/stdout', '/dev/fd/0', '/dev/fd/63', '/dev/../dev/fd/7', join(cwd, 'in')].map(descriptorAt);
  assert.deepEqual(found, [0, 1, 0, 63, 7, 0]);
  if (process.platform === 'linux') {
    const linux = ['/proc/self/fd/0', `/proc/${process.pid}/fd/9`, '/proc/thread-self/fd/1', '/proc/1/fd/0'].map(descriptorAt);
    assert.deepEqual(linux, [0, 9, 1, undefined]);
  }
  for (const path of ['-', 'in', '/dev/null', '/dev/fd/x', join(cwd, 'out'), join(cwd, 'missing')])
    assert.equal(descriptorAt(path), undefined, path);
});

/** Runs a shell line in which $run is `holdfast run` with the task; gives what it printed. */
function shell(cwd: string, line: string): string {
  const run = `'${process.execPath}' '${MAIN}' run '${TASK}' --threads 1 --ordered`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `run="${run}"; ${line}`], { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${line}\n${stderr}`);
  return stdout;
}

further('every way to name a descriptor as input or output is one', { skip }, (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }, { n: 2 }]);
  symlinkSync('/dev/stdin', join(cwd, 'link'));
  shell(cwd, 'cat in.ndjson | eval "$run /dev/stdin -o out-0.ndjson"');
  shell(cwd, 'eval "$run link <(cat in.ndjson) -o out-1.ndjson" < in.ndjson');
  assert.deepEqual(indexesOf(join(cwd, 'out-0.ndjson')), [0, 1]);
  assert.deepEqual(indexesOf(join(cwd, 'out-1.ndjson')), [0, 1, 2, 3]);
  const out = shell(cwd, 'exec 3<in.ndjson; eval "$run /dev/fd/3 -o /dev/stdout"');
  assert.equal(out, '{"index":0,"value":{"n":1,"square":1}}\n{"index":1,"value":{"n":2,"square":4}}\n');
});
