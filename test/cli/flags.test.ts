import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchError } from '../../src/batch/errors.ts';
import { haltError } from '../../src/batch/halt.ts';
import { inFlags } from '../../src/cli/run/flags.ts';

test('messages of a job name the flags of the command', () => {
  const said: [message: string, flags: string][] = [
    [
      'a.ndjson holds 9 bytes already. Say resume to go on with it, overwrite to throw it away.',
      'Say --resume to go on with it, --overwrite to throw',
    ],
    ['failed: expected a path, because x is a pipe.', '--failed: expected a path'],
    ['If the rest is meant, say so (allowChangedTask).', 'say so (--allow-changed-task)'],
    ['The line has 9 bytes, and the limit (maxLine) is 5.', 'the limit (--max-line) is 5'],
    ['to have such lines, say exactNumbers (--exact-numbers).', 'say --exact-numbers.'],
    [haltError('all fail', 100, undefined).message, 'say --halt never'],
  ];
  for (const [message, flags] of said) assert.ok(inFlags(message).includes(flags), inFlags(message));
});

test('words that are no options stay as they are', () => {
  const message = new BatchError('ERR_BATCH_DISK_FULL', 'out.ndjson: no space is left on the device. Free some, then resume.').message;
  assert.equal(inFlags(message), message);
});
