import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TreeNode } from '../../src/supervision/index.ts';
import { oneIn } from '../soak.ts';
import { Holdfast, holdfast, managerOf, many, scratch, TASK, untilSize, writeInput } from './command.ts';

const test = oneIn(4, import.meta.url);

test('the tree of a run that is under way', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(2_000, 20));
  const args = ['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '1', '--metrics-port', '0', '--isolation', 'process'];
  const call = new Holdfast(args, { cwd, input: '' });
  t.after(() => call.process.kill('SIGKILL'));
  await call.says(/Metrics: http:\S+\n/);
  const port = /Metrics: http:\S+:(\d+)\/metrics\n/.exec(call.stderr)![1]!;
  await untilSize(join(cwd, 'out.ndjson'), 1);
  const text = await holdfast(['tree', port], { cwd });
  const pid = managerOf(join(cwd, 'out.ndjson'));
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, new RegExp(`^manager  batch  running  pid ${pid}\n└─ \\S+  pool  ok\n   ├─ cell \\d+  process`));
  const watch = new Holdfast(['tree', port, '--watch', '50ms', '--json'], { cwd, input: '' });
  while (!watch.stdout.includes('\n')) await once(watch.process.stdout!, 'data');
  const tree = JSON.parse(watch.stdout.split('\n')[0]!) as TreeNode;
  assert.equal(tree.children![0]!.children!.length, 2, 'a cell and the spare');
  call.process.kill('SIGINT');
  await call.ended;
  assert.equal((await watch.ended).code, 0, 'it ends with the run');
});

test('where there is no run, it says what it expected', async (t) => {
  const cwd = scratch(t);
  const { code, stderr } = await holdfast(['tree', '1'], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /^holdfast tree: expected a run with --observe at 127\.0\.0\.1:1, got no tree: .*\n$/);
});
