import assert from 'node:assert/strict';
import { it } from 'node:test';
import { VirtualClock } from '../../../src/faults/virtual-clock.ts';
import type { RedundancyRules } from '../../../src/policies/redundancy/rules.ts';
import { begin } from './begin.ts';
import { FakeDesk } from './desk.ts';

/** Begins a task while others wait for threads. */
function busy(rules: Partial<RedundancyRules> = {}) {
  const clock = new VirtualClock();
  const host = new FakeDesk(clock);
  host.hasLeisure = false;
  const { task } = begin(rules, {}, host);
  const returns = (replica: number, value: unknown): void => {
    const attempt = host.submitted[replica]!;
    attempt.end();
    task.spec.course.succeeded(attempt, value, clock.now());
  };
  return { clock, host, task, returns };
}

it('starts all copies at once where threads are idle, and no more than the quorum needs where tasks wait', () => {
  assert.equal(begin({ replicas: 5, quorum: 3 }).host.submitted.length, 5);
  assert.equal(busy({ replicas: 5, quorum: 3 }).host.submitted.length, 3);
  assert.equal(busy({ replicas: 2, quorum: 2 }).host.submitted.length, 2);
});

it('starts none in vain where the first agree', async () => {
  const { clock, host, returns } = busy();
  returns(0, 'a');
  returns(1, 'a');
  assert.deepEqual(host.outcome, { value: 'a' });
  await clock.advance(1_000);
  assert.equal(host.submitted.length, 2);
  assert.equal(clock.pending, 0, 'nobody looks for what is not there');
});

it('calls the others up when the first disagree, and they are no recovery work', () => {
  const { host, returns } = busy();
  returns(0, 'a');
  returns(1, 'b');
  assert.deepEqual(
    host.submitted.map(({ replica, recovery }) => ({ replica, recovery })),
    [0, 1, 2].map((replica) => ({ replica, recovery: false })),
  );
  returns(2, 'b');
  assert.deepEqual(host.outcome, { value: 'b' });
});

it('calls the others up when one fails', () => {
  const { host, task } = busy();
  const [first] = host.submitted;
  first!.end();
  task.spec.course.failed(first!, { kind: 'error', error: new Error('on purpose') });
  assert.equal(host.submitted.length, 3);
  assert.equal(host.outcome, undefined);
});

it('calls the others up when one takes long, or when a thread has nothing else to do', async () => {
  const { clock, host, returns } = busy();
  returns(0, 'a');
  await clock.advance(49);
  assert.equal(host.submitted.length, 2);
  await clock.advance(51);
  assert.equal(host.submitted.length, 3);
  returns(2, 'a');
  assert.deepEqual(host.outcome, { value: 'a' });

  const other = busy();
  other.host.hasLeisure = true;
  await other.clock.advance(50);
  assert.equal(other.host.submitted.length, 3);
});
