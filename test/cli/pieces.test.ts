import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { BatchProgress } from '../../src/batch/index.ts';
import { endpoint, halt, list, megabytes, size, sync, time, whole } from '../../src/cli/run/arguments.ts';
import { runCommand } from '../../src/cli/run/command.ts';
import { expectedLines, Pace } from '../../src/cli/run/display/pace.ts';
import { FOREIGN_FLAGS, withForeignFlags } from '../../src/cli/run/foreign-flags.ts';
import { exitCode, type Outcome } from '../../src/cli/run/outcome.ts';
import { resumeCommand, shellQuote } from '../../src/cli/run/resume-command.ts';
import { count, duration, lines, perSecond, shown } from '../../src/cli/run/words.ts';
import { VirtualClock } from '../../src/faults/virtual-clock.ts';

const NOTHING: BatchProgress = {
  done: 0,
  failed: 0,
  earlier: 0,
  retries: 0,
  open: 0,
  kinds: {},
  firstFailure: undefined,
  longest: [],
  lines: 0,
  bytes: 0,
  totalBytes: undefined,
};

test('times, sizes and ports are read as people write them', () => {
  assert.deepEqual(['1ms', '1.5s', '2m', '1h', 'none'].map(time), [1, 1_500, 120_000, 3_600_000, Number.POSITIVE_INFINITY]);
  assert.deepEqual(['always', 'never', '2s'].map(sync), ['always', 'never', 2_000]);
  assert.deepEqual(['10', '64k', '16M'].map(size), [10, 65_536, 16_777_216]);
  assert.deepEqual([whole('0'), list('crash, oom')], [0, ['crash', 'oom']]);
  assert.deepEqual(endpoint('9464'), { host: '127.0.0.1', port: 9464 });
  assert.deepEqual(endpoint('[::1]:0'), { host: '::1', port: 0 });
  for (const bad of ['30', '1.5']) assert.throws(() => time(bad), new RegExp(`with its unit: ${bad}s or ${bad}ms`));
  assert.deepEqual(['10', '5%', 'never'].map(halt), [{ failed: 10 }, { share: 0.05 }, 'never']);
  for (const bad of ['0', '101%', '1.5', 'soon']) assert.throws(() => halt(bad), /Expected a number of dead letters/);
  assert.deepEqual(['200m', '1g'].map(megabytes), [200, 1_024]);
  for (const bad of ['200', '1k']) assert.throws(() => megabytes(bad), /at least a megabyte/);
  for (const bad of ['', '-1', '1x', 'soon']) assert.throws(() => time(bad), /Expected a time such as/);
  for (const bad of ['', '1t', '1.5k']) assert.throws(() => size(bad), /Expected a size/);
  for (const bad of ['', 'a', '-1', '1e3']) assert.throws(() => whole(bad), /Expected a whole number/);
  for (const bad of ['', 'a', '65536', 'host:']) assert.throws(() => endpoint(bad), /Expected a port/);
});

test('control characters are shown, not sent', () => {
  assert.equal(shown('a\u001b[2Jb\r\u009b1m\u202ec\u0000\n\td\u00e9'), 'a\\x1b[2Jb\\x0d\\x9b1m\\u202ec\\x00\n\tdé');
});

test('figures are written for people', () => {
  assert.deepEqual([count(1_234_567), lines(1), lines(2_000)], ['1,234,567', '1 line', '2,000 lines']);
  assert.deepEqual([0.123, 1.26, 9.99, 12.6, 12_345].map(perSecond), ['0.12/s', '1.3/s', '10.0/s', '13/s', '12,345/s']);
  const times = [0, 400, 7_000, 60_000, 312_000, 3_600_000, 93_600_000, 1e12];
  assert.deepEqual(times.map(duration), ['0s', '0s', '7s', '1m', '5m 12s', '1h', '1d 2h', 'more than 99d']);
});

test('what is left is estimated from the bytes that are read, and not at all where their number is unknown', () => {
  assert.equal(expectedLines({ ...NOTHING, lines: 100, bytes: 1_000 }), undefined);
  assert.equal(expectedLines({ ...NOTHING, lines: 0, bytes: 0, totalBytes: 5_000 }), undefined);
  assert.equal(expectedLines({ ...NOTHING, lines: 100, bytes: 1_000, totalBytes: 5_000 }), 500);
  // An input that grows while it is read.
  assert.equal(expectedLines({ ...NOTHING, lines: 100, bytes: 1_000, totalBytes: 900 }), 100);
});

test('the rate follows the job, smoothly, and lines of earlier runs are none of it', async () => {
  const clock = new VirtualClock();
  const pace = new Pace(clock);
  let done = 1_000_000;
  const run = async (seconds: number, rate: number) => {
    for (let i = 0; i < seconds * 4; i++) {
      await clock.advance(250);
      done += rate / 4;
      pace.add({ ...NOTHING, done });
    }
  };
  pace.add({ ...NOTHING, done });
  assert.equal(pace.rate, undefined);
  await run(1, 100);
  assert.equal(pace.rate, undefined, 'too early to tell');
  await run(60, 100);
  assert.ok(Math.abs(pace.rate! - 100) < 1, `${pace.rate}`);
  await run(1, 0);
  assert.ok(pace.rate! > 90, `one quiet second changes little: ${pace.rate}`);
  await run(60, 20);
  assert.ok(Math.abs(pace.rate! - 20) < 3, `${pace.rate}`);
  const left = pace.left({ ...NOTHING, done, lines: done, bytes: 100, totalBytes: 200 })!;
  assert.ok(Math.abs(left / 1_000 - done / pace.rate!) < 1);
});

test('a shell takes every argument as it was', () => {
  const hostile = ['plain', '', 'two words', "it's", '$HOME', '`id`', 'a"b', 'new\nline', '*', '~', '#', '!', '\\', 'ü', '-x'];
  const { stdout } = spawnSync('sh', ['-c', `for a in ${hostile.map(shellQuote).join(' ')}; do printf '%s\\0' "$a"; done`], {
    encoding: 'utf8',
  });
  assert.deepEqual(stdout.split('\0').slice(0, -1), hostile);
});

test('the command that resumes is the one that was typed, with --resume', () => {
  const command = (script: string, argv: string[], env = {}) => resumeCommand({ script, argv, env });
  assert.equal(command('/usr/bin/holdfast', ['run', 'a.js', 'in', '-o', 'out', '--overwrite']), 'holdfast run a.js in -o out --resume');
  assert.equal(command('/p/node_modules/.bin/holdfast', ['run', 'x']), 'npx holdfast run x --resume');
  assert.equal(command('/a/main.js', ['run', 'x', '--resume'], { npm_command: 'exec' }), 'npx holdfast run x --resume');
  assert.match(command('/a/main.js', ['run', '--', '-x']), /^node \S+main\.js run --resume -- -x$/);
});

test('every outcome has its exit code', () => {
  const summary = { ...NOTHING, outcome: 'complete' as const, ms: 1, out: 'o', failedPath: 'f' };
  const failed = { how: 'failed' as const, code: 'X', message: '', causes: [] };
  const outcomes: [Outcome, number][] = [
    [{ how: 'complete', summary }, 0],
    [{ how: 'complete', summary: { ...summary, failed: 1 } }, 1],
    [{ ...failed, phase: 'before' }, 2],
    [{ ...failed, phase: 'during' }, 3],
    [{ how: 'drained', summary, signal: 'SIGINT' }, 130],
    [{ how: 'killed', signal: 'SIGINT' }, 130],
    [{ how: 'drained', summary, signal: 'SIGTERM' }, 143],
    [{ how: 'drained', summary, signal: 'SIGHUP' }, 129],
  ];
  for (const [outcome, code] of outcomes) assert.equal(exitCode(outcome), code);
});

test('flags of other tools are answered with what they are here', () => {
  const of = (flag: string) => withForeignFlags(`error: unknown option '${flag}'\n`);
  for (const flag of ['--concurrency', '--concurrency=8', '-j8', '-P'])
    assert.match(of(flag), /unknown option.*\nA thread does one line at a time.*--batch/);
  assert.match(of('--keep-order'), /\nIt is --ordered here\.\n$/);
  for (const flag of ['--frobnicate', '--jobless', '-x']) assert.equal(of(flag), `error: unknown option '${flag}'\n`);
  const known = runCommand().options.flatMap(({ long, short }) => [long, short]);
  assert.ok(Object.keys(FOREIGN_FLAGS).every((flag) => !known.includes(flag)));
});
