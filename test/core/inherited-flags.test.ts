import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inheritedFlags } from '../../src/core/inherited-flags.ts';

test('hooks, conditions and limits are handed on; what belongs to the program itself is not, nor its value', () => {
  const own = [
    ['-e', 'code'],
    ['--eval=code'],
    ['-p', 'code'],
    ['-pe', 'code'],
    ['--print', 'code'],
    ['--input-type', 'module'],
    ['--input-type=module'],
    ['-i'],
    ['-c'],
    ['--inspect'],
    ['--inspect=0'],
    ['--inspect-brk'],
    ['--inspect-wait=127.0.0.1:0'],
    ['--inspect-port', '0'],
    ['--debug-port=0'],
    ['--test'],
    ['--test-reporter', 'tap'],
    ['--test-name-pattern=x'],
    ['--test-only'],
    ['--test-force-exit'],
    ['--experimental-test-coverage'],
    ['--watch'],
    ['--watch-path', '.'],
    ['--watch-preserve-output'],
    ['--run', 'build'],
    ['--entry-url'],
    ['--build-snapshot'],
    ['--snapshot-blob', 'blob'],
  ];
  const kept = ['--import', 'tsx', '-r', 'ts-node/register', '--conditions=worker', '-C', 'x', '--max-old-space-size=100', '--expose-gc'];
  const more = ['--enable-source-maps', '--experimental-loader', './e.mjs', '--no-warnings', '--stack-trace-limit=5', '--permission'];
  for (const flags of own) assert.deepEqual(inheritedFlags([...kept, ...flags, ...more]), [...kept, ...more], flags.join(' '));
  assert.deepEqual(inheritedFlags([...kept, '-e']), kept, 'a value that is missing');
});
