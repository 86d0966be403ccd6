import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ATTEMPT_SUCCESSORS, type AttemptState } from '../../src/core/attempt.ts';
import type { Attempt } from '../../src/core/task.ts';
import { attemptAt } from '../executors/probe.ts';

const thread = { key: 7, slot: 0, threadId: 3 };
const states = Object.keys(ATTEMPT_SUCCESSORS) as AttemptState[];

/** How each state is reached, from any that leads to it. */
const to: Record<AttemptState, (attempt: Attempt) => unknown> = {
  new: () => assert.fail('nothing leads back to a new attempt'),
  queued: (attempt) => attempt.queue(),
  taken: (attempt) => attempt.take(),
  sent: (attempt) => assert.ok(attempt.send(thread, 1, 0)),
  surplus: (attempt) => attempt.giveUp('surplus'),
  fenced: (attempt) => attempt.giveUp('fenced'),
  ended: (attempt) => attempt.end(),
};

/** The shortest way to each state, found by walking the table. */
function ways(): Map<AttemptState, readonly AttemptState[]> {
  const found = new Map<AttemptState, readonly AttemptState[]>([['new', []]]);
  for (const [state, way] of found) for (const next of ATTEMPT_SUCCESSORS[state]) if (!found.has(next)) found.set(next, [...way, next]);
  return found;
}

function attemptIn(state: AttemptState): Attempt {
  const attempt = attemptAt('default', 1);
  for (const step of ways().get(state)!) to[step](attempt);
  assert.equal(attempt.state, state);
  return attempt;
}

describe('an attempt', () => {
  it('can reach every state', () => assert.deepEqual([...ways().keys()].sort(), [...states].sort()));

  for (const from of states) {
    for (const next of states.filter((state) => state !== 'new')) {
      if (ATTEMPT_SUCCESSORS[from].includes(next)) {
        it(`goes from ${from} to ${next}`, () => {
          const attempt = attemptIn(from);
          to[next](attempt);
          assert.equal(attempt.state, next);
        });
      } else if (next === 'sent') {
        it(`that is ${from} is on its thread once it was handed over, and stays ${from}`, () => {
          const attempt = attemptIn(from);
          assert.equal(attempt.send(thread, 4, 5), false);
          assert.deepEqual([attempt.state, attempt.threadKey, attempt.bundle, attempt.startedAt], [from, 7, 4, 5]);
        });
      } else if (next === from && (next === 'surplus' || next === 'fenced')) {
        it(`may be given up as ${next} twice`, () => {
          const attempt = attemptIn(from);
          to[next](attempt);
          assert.equal(attempt.state, from);
        });
      } else {
        it(`cannot go from ${from} to ${next}`, () => {
          const attempt = attemptIn(from);
          assert.throws(() => to[next](attempt), new RegExp(`cannot go from ${from} to ${next}`));
          assert.equal(attempt.state, from);
        });
      }
    }
  }

  it('knows whether it may be run twice, and with whom it may travel', () => {
    const plain = attemptAt('default', 1);
    assert.deepEqual([plain.movesMemory, plain.mayRunTwice, plain.travelsAlone], [false, true, false]);
    plain.travelAlone();
    assert.deepEqual([plain.placement, plain.travelsAlone], [{ alone: true }, true]);
    const moving = attemptAt('default', 1);
    moving.task.extras = { transferList: [] };
    assert.deepEqual([moving.movesMemory, moving.mayRunTwice, moving.travelsAlone], [true, false, true]);
    assert.equal(attemptAt('default', 1, { fresh: true }).travelsAlone, true);
  });
});
