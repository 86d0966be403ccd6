import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Snapshot } from '../../src/observe/frames.ts';
import { first, further, oneIn } from '../soak.ts';
import { Holdfast, holdfast, many, scratch, TASK, untilSize, writeInput } from './command.ts';

const test = oneIn(4, import.meta.url);

const DEADLY = new URL('../fixtures/observed.js', import.meta.url).pathname;

further('the page of a run, while it runs', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(20_000, 20));
  const call = new Holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '2', '--observe', '0'], { cwd, input: '' });
  t.after(() => call.process.kill('SIGKILL'));
  await call.says(/Metrics: http:\S+\n/);
  const [, url = ''] = /Observer: (http:\S+\/)\n/.exec(call.stderr) ?? [];
  await untilSize(join(cwd, 'out.ndjson'), 1);
  assert.match(await (await fetch(url)).text(), /^<!doctype html>/);
  const tree = (await (await fetch(`${url}tree`)).json()) as { kind: string; children: unknown[] };
  assert.deepEqual([tree.kind, tree.children.length], ['batch', 1]);
  assert.equal((await fetch(`${url}live`)).status, 200);
  call.process.kill('SIGINT');
  await call.ended;
  await assert.rejects(fetch(url));
});

test('the report of a run under faults holds the whole of it, in one file', async (t) => {
  const cwd = scratch(t);
  const lines = Array.from({ length: 40 }, (_, i) => `${JSON.stringify(`</script>no ${i}`)}\n`);
  writeFileSync(join(cwd, 'in.ndjson'), lines.join(''));
  const args = [
    'run',
    DEADLY,
    'in.ndjson',
    '-o',
    'out.ndjson',
    '--name',
    'fail',
    '--halt',
    'never',
    '--report',
    'run.html',
    '--threads',
    '2',
  ];
  const { code, stderr } = await holdfast(args, { cwd });
  assert.equal(code, 1, stderr);
  const html = readFileSync(join(cwd, 'run.html'), 'utf8');
  const { verdict, failures, blocks } = JSON.parse(/id="data">(.*?)<\/script>/.exec(html)![1]!) as Snapshot;
  assert.equal(verdict.state, 'closed');
  assert.equal(failures.counts.error, 40);
  assert.match(failures.last.at(-1)!.error, /<\/script>no \d+/);
  assert.equal(
    blocks.reduce((sum, [, , , , count]) => sum + count, 0),
    40,
  );
  assert.ok(!html.includes('</script>no'), 'what a task says cannot end the element that it stands in');
});

test('what cannot be is said before anything runs', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(3, 1));
  const run = (more: string[], env: Record<string, string> = {}) =>
    holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', ...more], { cwd, env });
  const calls = [
    [['--report', 'nowhere/run.html'], /--report: expected the path of a file in a folder that exists, got "nowhere\/run\.html"/],
    [['--observe', '0.0.0.0:0'], /--observe: expected a loopback address, or a token in HOLDFAST_OBSERVE_TOKEN, got 0\.0\.0\.0/],
    [['--observe', '192.0.2.1:0'], /--observe: expected a loopback address/],
    [['--report', '.'], /--report: expected/],
  ] as const;
  for (const [more, message] of first(1, calls)) {
    const { code, stderr } = await run([...more]);
    assert.deepEqual([code, message.test(stderr)], [2, true], stderr);
  }
});
