import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { MAIN, many, range, scratch, TASK, writeInput } from './command.ts';

const can = spawnSync('unshare', ['-rm', 'bash', '-c', 'mount -t tmpfs none /mnt'], { stdio: 'ignore' }).status === 0;

test('a disk that is full: exit code 3, whole records, and with more room a resume does exactly the rest', {
  skip: !can && 'no file systems can be mounted here',
}, (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(5_000, 0));
  const run = `'${process.execPath}' '${MAIN}' run '${TASK}' ../in.ndjson -o out.ndjson --threads 1`;
  const script = `
    mkdir full; mount -t tmpfs -o size=64k none full; cd full
    ${run}; echo "first $?"; ls; tail -c 1 out.ndjson | od -An -c
    mount -o remount,size=8m .; ${run} --resume --quiet; echo "second $?"
    tr ',' '\\n' < out.ndjson | sed -n 's/.*"index"://p' | sort -n | tr '\\n' ' '`;
  const { stdout, stderr } = spawnSync('unshare', ['-rm', 'bash', '-c', script], { cwd, encoding: 'utf8' });
  assert.match(stderr, /out\.ndjson: no space is left on the device\. Free some, then resume\.\nTo go on:\n .*--resume\n/);
  const [first, ...rest] = stdout.split('\n');
  assert.equal(first, 'first 3', stderr);
  assert.deepEqual(rest.slice(0, 3), ['out.failed.ndjson', 'out.ndjson', 'out.ndjson.job'], 'the locks are given back');
  assert.equal(rest[3]!.trim(), '\\n', 'the last record is whole');
  assert.deepEqual(rest.slice(4), ['second 0', `${range(5_000).join(' ')} `]);
});
