import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoQuorumError } from '../../../src/core/errors.ts';
import type { Failure } from '../../../src/core/failure.ts';
import { begin } from './begin.ts';
import type { FakeDesk } from './desk.ts';

const counts = (host: FakeDesk): Record<string, number> => Object.fromEntries(host.tally.task('default').ballots.values);
const noQuorum = (host: FakeDesk): NoQuorumError => {
  const failure = host.outcome as Failure;
  assert.equal(failure.kind, 'conflict');
  assert.ok(failure.error instanceof NoQuorumError);
  return failure.error;
};

test('two equal results of three are delivered at once, and the third copy becomes a surplus', () => {
  const { host } = begin();
  const [a, b, c] = host.submitted as [never, never, never];
  host.returns(a, { n: 1 });
  assert.equal(host.outcome, undefined);
  host.returns(b, { n: 1 });
  assert.deepEqual(host.outcome, { value: { n: 1 } });
  assert.deepEqual(host.cancelled, [[c, 'surplus']]);
  assert.deepEqual(host.convicted, []);
  assert.deepEqual(counts(host), { agreed: 2 });
});

test('copies know each other, and none is recovery work', () => {
  const { host, task } = begin();
  assert.deepEqual(
    host.submitted.map(({ replica, recovery, number }) => ({ replica, recovery, number })),
    [
      { replica: 0, recovery: false, number: 1 },
      { replica: 1, recovery: false, number: 2 },
      { replica: 2, recovery: false, number: 3 },
    ],
  );
  assert.equal(new Set(host.submitted.map(({ placement }) => placement?.kin)).size, 1);
  assert.equal(task.begun, 3);
});

test('the thread of a losing ballot is convicted, and the conflict told', () => {
  const { host } = begin();
  const [a, b, c] = host.submitted as [never, never, never];
  host.returns(a, 1);
  host.returns(b, 2);
  host.returns(c, 2);
  assert.deepEqual(host.outcome, { value: 2 });
  assert.deepEqual(host.convicted, [a]);
  assert.equal(host.conflicts.length, 1);
  assert.equal(host.conflicts[0]?.verdict, 'quorum');
  assert.deepEqual(host.conflicts[0]?.ballots, [
    { value: 1, replica: 0, slot: 0, threadId: 1 },
    { value: 2, replica: 1, slot: 1, threadId: 2 },
    { value: 2, replica: 2, slot: 2, threadId: 3 },
  ]);
  assert.deepEqual(counts(host), { agreed: 2, outvoted: 1 });
});

test('a conflict is settled by one more copy at a time, which is recovery work', () => {
  const { host } = begin({ replicas: 2, quorum: 2, maxReplicas: 4 });
  host.returns(host.submitted[0]!, 1);
  host.returns(host.submitted[1]!, 2);
  assert.equal(host.submitted.length, 3);
  assert.equal(host.submitted[2]?.recovery, true);
  host.returns(host.submitted[2]!, 3);
  assert.equal(host.submitted.length, 4);
  host.returns(host.submitted[3]!, 2);
  assert.deepEqual(host.outcome, { value: 2 });
  assert.deepEqual(host.convicted, [host.submitted[0], host.submitted[2]]);
  assert.deepEqual(
    host.conflicts.map(({ verdict }) => verdict),
    ['extra', 'extra', 'quorum'],
  );
});

test('without a quorum there is no result, but every ballot', () => {
  const { host } = begin({ replicas: 2, quorum: 2, maxReplicas: 3 });
  for (let i = 0; i < 3; i++) host.returns(host.submitted[i]!, i);
  const error = noQuorum(host);
  assert.equal(error.code, 'ERR_NO_QUORUM');
  assert.match(error.message, /no 2 equal results among 3/);
  assert.deepEqual(
    error.ballots.map(({ value }) => value),
    [0, 1, 2],
  );
  assert.deepEqual(host.convicted, [], 'nobody is known to be wrong');
  assert.equal(host.conflicts.at(-1)?.verdict, 'none');
  assert.deepEqual(counts(host), { undecided: 3 });
});

test('when no quorum can be reached any more, nobody is waited for', () => {
  const { host } = begin({ replicas: 3, quorum: 3, maxReplicas: 3 });
  host.returns(host.submitted[0]!, 1);
  host.returns(host.submitted[1]!, 2);
  assert.match(noQuorum(host).message, /no 3 equal results among 2, nor can there be/);
  assert.deepEqual(host.cancelled, [[host.submitted[2], 'surplus']]);
});

test('the median decides where there is no quorum, and blames nobody', () => {
  const { host } = begin({ replicas: 3, quorum: 2, maxReplicas: 3, resolve: 'median' });
  for (const [i, value] of [1, 100, 3].entries()) host.returns(host.submitted[i]!, value);
  assert.deepEqual(host.outcome, { value: 3 });
  assert.deepEqual(host.convicted, []);
  assert.equal(host.conflicts.at(-1)?.verdict, 'resolved');
});

test('a function decides on all ballots, of all copies that there may be', () => {
  let seen: unknown;
  const { host } = begin({
    replicas: 2,
    quorum: 2,
    maxReplicas: 3,
    resolve: (ballots) => {
      seen = ballots.map(({ value, replica }) => [value, replica]);
      return 'decided';
    },
  });
  for (let i = 0; i < 3; i++) host.returns(host.submitted[i]!, i * 10);
  assert.deepEqual(host.outcome, { value: 'decided' });
  assert.deepEqual(seen, [
    [0, 0],
    [10, 1],
    [20, 2],
  ]);
});

for (const [what, resolve, message] of [
  ['median of what is no number', 'median', /redundancy.resolve failed: .*Got string/],
  [
    'function that throws',
    () => {
      throw new Error('undecided');
    },
    /redundancy.resolve failed: undecided/,
  ],
  ['function that returns a promise', () => Promise.reject(new Error('late')), /redundancy.resolve failed: .*Got a promise/],
] as const) {
  test(`a ${what} is blamed, and nothing is delivered`, () => {
    const { host } = begin({ replicas: 2, quorum: 2, maxReplicas: 2, resolve });
    host.returns(host.submitted[0]!, 'a');
    host.returns(host.submitted[1]!, 'b');
    const error = noQuorum(host);
    assert.match(error.message, message);
    assert.ok(error.cause instanceof Error);
    assert.equal(error.ballots.length, 2);
  });
}

test('a comparison that throws is blamed; it is no vote, and convicts nobody', () => {
  const { host } = begin({
    equal: () => {
      throw new Error('cannot compare these');
    },
  });
  host.returns(host.submitted[0]!, 1);
  host.returns(host.submitted[1]!, 1);
  const error = noQuorum(host);
  assert.match(error.message, /comparison of the results \(redundancy.equal\) failed, so that no vote was counted: cannot compare these/);
  assert.equal((error.cause as Error).message, 'cannot compare these');
  assert.deepEqual(
    error.ballots.map(({ value }) => value),
    [1, 1],
  );
  assert.deepEqual(host.convicted, []);
  host.returns(host.submitted[2]!, 2);
  assert.deepEqual(host.convicted, [], 'nor does one that comes late');
});

test('a ballot after the verdict is compared and counted; it convicts, and changes nothing', () => {
  for (const [value, convicted, count] of [
    [1, 0, { agreed: 3 }],
    [2, 1, { agreed: 2, late_outvoted: 1 }],
  ] as const) {
    const { host } = begin();
    host.returns(host.submitted[0]!, 1);
    host.returns(host.submitted[1]!, 1);
    host.returns(host.submitted[2]!, value);
    assert.deepEqual(host.outcome, { value: 1 });
    assert.equal(host.convicted.length, convicted);
    assert.deepEqual(counts(host), count);
    assert.equal(host.conflicts.length, convicted);
  }
});

test('a late ballot that cannot be compared convicts nobody', () => {
  let broken = false;
  const { host } = begin({
    equal: (a, b) => {
      if (broken) throw new Error('broken');
      return a === b;
    },
  });
  host.returns(host.submitted[0]!, 1);
  host.returns(host.submitted[1]!, 1);
  broken = true;
  host.returns(host.submitted[2]!, 2);
  assert.deepEqual(host.convicted, []);
  assert.deepEqual(counts(host), { agreed: 2, undecided: 1 });
});
