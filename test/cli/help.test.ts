import assert from 'node:assert/strict';
import { runCommand } from '../../src/cli/run/command.ts';
import { HELP } from '../../src/cli/run/help.ts';
import { oneIn } from '../soak.ts';
import { holdfast, scratch } from './command.ts';

const test = oneIn(4, import.meta.url);

test('help is asked for, and fits a screen', async (t) => {
  const cwd = scratch(t);
  let last = '';
  for (const args of [['--help'], ['run', '--help']]) {
    const { code, stdout, stderr } = await holdfast(args, { cwd });
    assert.equal(code, 0);
    assert.equal(stderr, '');
    last = stdout;
    const lines = stdout.trimEnd().split('\n');
    assert.ok(lines.length <= 40, `${lines.length} lines`);
    assert.ok(Math.max(...lines.map((line) => line.length)) <= 80, lines.filter((line) => line.length > 80).join('\n'));
  }
  assert.match(last, /Examples:\n {2}holdfast run/);
});

test('the help of a run names every flag', () => {
  for (const { long, short } of runCommand().options) {
    for (const flag of [long, short]) assert.ok(flag === undefined || HELP.includes(flag!), flag);
  }
});

test('without a command, or with an unknown one, the way to help is shown on standard error', async (t) => {
  const cwd = scratch(t);
  const none = await holdfast([], { cwd });
  assert.deepEqual([none.code, none.stdout, /Usage: holdfast/.test(none.stderr)], [2, '', true]);
  const unknown = await holdfast(['walk'], { cwd });
  assert.deepEqual([unknown.code, unknown.stdout, /unknown command 'walk'\n.*--help/.test(unknown.stderr)], [2, '', true]);
});

test('the version is the one of the package', async (t) => {
  assert.match((await holdfast(['--version'], { cwd: scratch(t) })).stdout, /^\d+\.\d+\.\d+\n$/);
});
