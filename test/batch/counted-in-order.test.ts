import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Journal } from '../../src/batch/journal/journal.ts';
import { Recorder } from '../../src/batch/journal/recorder.ts';
import { OpenLine } from '../../src/batch/lines/open-line.ts';

test('of dead letters that wait for their turn no kind is counted before the letter is written', () => {
  const written: string[] = [];
  const journal = { result: () => written.push('result'), fail: () => written.push('letter') } as unknown as Journal;
  const recorder = new Recorder({
    journal,
    from: 0,
    attemptsOf: () => [],
    take: (index) => new OpenLine(index, index + 1, undefined, 'json', '1'),
    again: () => assert.fail('no line is given back'),
    log: undefined,
    gets: 'values',
  });
  const counted = () => [recorder.done, recorder.failed, recorder.kinds];
  recorder.settle({ index: 1, status: 'rejected', reason: new Error('bad') });
  assert.deepEqual([counted(), written], [[0, 0, {}], []]);
  recorder.settle({ index: 0, status: 'fulfilled', value: 2 });
  assert.deepEqual(
    [counted(), written],
    [
      [1, 1, { error: 1 }],
      ['result', 'letter'],
    ],
  );
});
