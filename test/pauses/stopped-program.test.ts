import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds of every limit of the program: far longer than it needs on a busy machine to begin what it begins. It is stopped for longer. */
const LIMIT = 7000;
const STOPPED = LIMIT + 500;

test("time in which the program was stopped is nobody's: not of a run, the whole of a task, a start, or a grace", {
  skip: process.platform === 'win32' && 'Windows has no SIGSTOP',
}, async (t) => {
  const child = fork(new URL('../fixtures/programs/paused-program.js', import.meta.url), [String(LIMIT)]);
  t.after(() => child.kill('SIGKILL'));
  assert.deepEqual(await once(child, 'message'), ['begun', undefined]);
  child.kill('SIGSTOP');
  await sleep(STOPPED);
  child.kill('SIGCONT');
  const [told] = (await once(child, 'message')) as [Record<string, unknown>];
  const { computes, waits, sleeps, all, ...rest } = told;
  // Each tells what its context said was left of its time: never less than nothing, also before its program had found out.
  for (const [name, least] of Object.entries({ computes, waits, sleeps, all })) {
    assert.equal(typeof least, 'number', `${name}: ${least}`);
    assert.ok((least as number) > 0, `${name}: ${least} ms were left`);
  }
  assert.deepEqual(rest, { left: 'ERR_TASK_ABORTED', started: 'ready', after: 'after', exits: [] });
});
