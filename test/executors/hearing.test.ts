import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FROM_THREAD } from '../../src/core/wire/wire.ts';
import type { ThreadEvents } from '../../src/executors/executor.ts';
import { Hearing } from '../../src/executors/threads/hearing.ts';

it('an account that was not asked for is garbage, also while another is owed', () => {
  // A forged one was taken for the answer. That answer was not heeded then: what had been lost stayed lost, and its task never settled.
  const heard: unknown[] = [];
  const events = {
    unreadable: () => heard.push('unreadable'),
    accounted: (bundle: number, upTo: number) => heard.push([bundle, upTo]),
    garbage: () => heard.push('garbage'),
  };
  const hearing = new Hearing(events as unknown as ThreadEvents, () => heard.push('ended'));
  const say = (number: number, bundle: number): void => hearing.receive([FROM_THREAD.account, number, bundle, 1]);
  say(0, 1);
  const [first, second] = [hearing.unreadable(), hearing.unreadable()];
  say(first ^ 1, 2);
  say(first, 3);
  say(first, 4);
  say(second, 5);
  say(second, 6);
  assert.deepEqual(heard, ['garbage', 'unreadable', 'unreadable', 'garbage', [3, 1], 'garbage', [5, 1], 'garbage']);
});
