import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ballots, type Verdict } from '../../src/server/members/ballots.ts';
import type { Member } from '../../src/server/members/member.ts';
import { OUTCOME } from '../../src/server/wire.ts';

const member = (replica: number) => ({ replica }) as Member;
const says = (value: unknown): Verdict => ({ outcome: OUTCOME.reply, value, effects: undefined });

test('a thread and the one that replaced it have one vote between them', () => {
  const ballots = new Ballots(2);
  ballots.cast(member(2), says('wrong'));
  ballots.cast(member(2), says('wrong'));
  assert.deepEqual([ballots.verdict, ballots.size], [undefined, 1]);
  ballots.cast(member(0), says('right'));
  ballots.cast(member(1), says('right'));
  assert.equal(ballots.verdict?.value, 'right');
  assert.deepEqual(
    ballots.losers.map(({ replica }) => replica),
    [2],
  );
});

test('what a convicted thread has said is no word on anything, unless it was decided before', () => {
  const convicted = member(2);
  const [open, decided] = [new Ballots(2), new Ballots(2)];
  for (const ballots of [open, decided]) ballots.cast(convicted, says(1));
  decided.cast(member(0), says(1));
  for (const ballots of [open, decided]) ballots.withdraw((voter) => voter === convicted);
  open.cast(member(0), says(1));
  assert.deepEqual([open.verdict, decided.verdict?.value], [undefined, 1]);
});
