import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NoQuorumError } from '../../src/core/errors.ts';
import type { Failure } from '../../src/core/failure.ts';
import { begin } from './begin.ts';
import type { FakeDesk } from './desk.ts';

const counts = (desk: FakeDesk): Record<string, number> => Object.fromEntries(desk.tally.ballots.values);
const noQuorum = (desk: FakeDesk): NoQuorumError => {
  const failure = desk.outcome as Failure;
  assert.equal(failure.kind, 'conflict');
  assert.ok(failure.error instanceof NoQuorumError);
  return failure.error;
};

test('two equal results of three are delivered at once, and the third copy becomes a surplus', () => {
  const { desk } = begin();
  const [a, b, c] = desk.submitted as [never, never, never];
  desk.returns(a, { n: 1 });
  assert.equal(desk.outcome, undefined);
  desk.returns(b, { n: 1 });
  assert.deepEqual(desk.outcome, { value: { n: 1 } });
  assert.deepEqual(desk.cancelled, [[c, 'surplus']]);
  assert.deepEqual(desk.convicted, []);
  assert.deepEqual(counts(desk), { agreed: 2 });
});

test('copies know each other, and none is recovery work', () => {
  const { desk, task } = begin();
  assert.deepEqual(
    desk.submitted.map(({ replica, recovery, number }) => ({ replica, recovery, number })),
    [
      { replica: 0, recovery: false, number: 1 },
      { replica: 1, recovery: false, number: 2 },
      { replica: 2, recovery: false, number: 3 },
    ],
  );
  assert.equal(new Set(desk.submitted.map(({ placement }) => placement?.kin)).size, 1);
  assert.equal(task.begun, 3);
});

test('the thread of a losing ballot is convicted, and the conflict told', () => {
  const { desk } = begin();
  const [a, b, c] = desk.submitted as [never, never, never];
  desk.returns(a, 1);
  desk.returns(b, 2);
  desk.returns(c, 2);
  assert.deepEqual(desk.outcome, { value: 2 });
  assert.deepEqual(desk.convicted, [a]);
  assert.equal(desk.conflicts.length, 1);
  assert.equal(desk.conflicts[0]?.verdict, 'quorum');
  assert.deepEqual(desk.conflicts[0]?.ballots, [
    { value: 1, replica: 0, slot: 0, threadId: 1 },
    { value: 2, replica: 1, slot: 1, threadId: 2 },
    { value: 2, replica: 2, slot: 2, threadId: 3 },
  ]);
  assert.deepEqual(counts(desk), { agreed: 2, outvoted: 1 });
});

test('a conflict is settled by one more copy at a time, which is recovery work', () => {
  const { desk } = begin({ replicas: 2, quorum: 2, maxReplicas: 4 });
  desk.returns(desk.submitted[0]!, 1);
  desk.returns(desk.submitted[1]!, 2);
  assert.equal(desk.submitted.length, 3);
  assert.equal(desk.submitted[2]?.recovery, true);
  desk.returns(desk.submitted[2]!, 3);
  assert.equal(desk.submitted.length, 4);
  desk.returns(desk.submitted[3]!, 2);
  assert.deepEqual(desk.outcome, { value: 2 });
  assert.deepEqual(desk.convicted, [desk.submitted[0], desk.submitted[2]]);
  assert.deepEqual(
    desk.conflicts.map(({ verdict }) => verdict),
    ['extra', 'extra', 'quorum'],
  );
});

test('without a quorum there is no result, but every ballot', () => {
  const { desk } = begin({ replicas: 2, quorum: 2, maxReplicas: 3 });
  for (let i = 0; i < 3; i++) desk.returns(desk.submitted[i]!, i);
  const error = noQuorum(desk);
  assert.equal(error.code, 'ERR_NO_QUORUM');
  assert.match(error.message, /no 2 equal results among 3/);
  assert.deepEqual(
    error.ballots.map(({ value }) => value),
    [0, 1, 2],
  );
  assert.deepEqual(desk.convicted, [], 'nobody is known to be wrong');
  assert.equal(desk.conflicts.at(-1)?.verdict, 'none');
  assert.deepEqual(counts(desk), { undecided: 3 });
});

test('when no quorum can be reached any more, nobody is waited for', () => {
  const { desk } = begin({ replicas: 3, quorum: 3, maxReplicas: 3 });
  desk.returns(desk.submitted[0]!, 1);
  desk.returns(desk.submitted[1]!, 2);
  assert.match(noQuorum(desk).message, /no 3 equal results among 2, nor can there be/);
  assert.deepEqual(desk.cancelled, [[desk.submitted[2], 'surplus']]);
});

test('the median decides where there is no quorum, and blames nobody', () => {
  const { desk } = begin({ replicas: 3, quorum: 2, maxReplicas: 3, resolve: 'median' });
  for (const [i, value] of [1, 100, 3].entries()) desk.returns(desk.submitted[i]!, value);
  assert.deepEqual(desk.outcome, { value: 3 });
  assert.deepEqual(desk.convicted, []);
  assert.equal(desk.conflicts.at(-1)?.verdict, 'resolved');
});

test('a function decides on all ballots, of all copies that there may be', () => {
  let seen: unknown;
  const { desk } = begin({
    replicas: 2,
    quorum: 2,
    maxReplicas: 3,
    resolve: (ballots) => {
      seen = ballots.map(({ value, replica }) => [value, replica]);
      return 'decided';
    },
  });
  for (let i = 0; i < 3; i++) desk.returns(desk.submitted[i]!, i * 10);
  assert.deepEqual(desk.outcome, { value: 'decided' });
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
    const { desk } = begin({ replicas: 2, quorum: 2, maxReplicas: 2, resolve });
    desk.returns(desk.submitted[0]!, 'a');
    desk.returns(desk.submitted[1]!, 'b');
    const error = noQuorum(desk);
    assert.match(error.message, message);
    assert.ok(error.cause instanceof Error);
    assert.equal(error.ballots.length, 2);
  });
}

test('a comparison that throws is blamed; it is no vote, and convicts nobody', () => {
  const { desk } = begin({
    equal: () => {
      throw new Error('cannot compare these');
    },
  });
  desk.returns(desk.submitted[0]!, 1);
  desk.returns(desk.submitted[1]!, 1);
  const error = noQuorum(desk);
  assert.match(error.message, /comparison of the results \(redundancy.equal\) failed, so that no vote was counted: cannot compare these/);
  assert.equal((error.cause as Error).message, 'cannot compare these');
  assert.deepEqual(
    error.ballots.map(({ value }) => value),
    [1, 1],
  );
  assert.deepEqual(desk.convicted, []);
  desk.returns(desk.submitted[2]!, 2);
  assert.deepEqual(desk.convicted, [], 'nor does one that comes late');
});

test('a ballot after the verdict is compared and counted; it convicts, and changes nothing', () => {
  for (const [value, convicted, count] of [
    [1, 0, 'late_agreed'],
    [2, 1, 'late_outvoted'],
  ] as const) {
    const { desk } = begin();
    desk.returns(desk.submitted[0]!, 1);
    desk.returns(desk.submitted[1]!, 1);
    desk.returns(desk.submitted[2]!, value);
    assert.deepEqual(desk.outcome, { value: 1 });
    assert.equal(desk.convicted.length, convicted);
    assert.deepEqual(counts(desk), { agreed: 2, [count]: 1 });
    assert.equal(desk.conflicts.length, convicted);
  }
});

test('a late ballot that cannot be compared convicts nobody', () => {
  let broken = false;
  const { desk } = begin({
    equal: (a, b) => {
      if (broken) throw new Error('broken');
      return a === b;
    },
  });
  desk.returns(desk.submitted[0]!, 1);
  desk.returns(desk.submitted[1]!, 1);
  broken = true;
  desk.returns(desk.submitted[2]!, 2);
  assert.deepEqual(desk.convicted, []);
  assert.deepEqual(counts(desk), { agreed: 2, uncompared: 1 });
});
