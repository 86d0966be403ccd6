import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PoolStats } from '../../../src/index.ts';
import { Looks } from '../../../src/observe/record/looks.ts';
import { type Impression, verdictOf } from '../../../src/observe/record/verdict.ts';

const none = { starting: 0, spare: 0, ready: 0, busy: 0, stopping: 0, orphan: 0, dead: 0 };

function statsOf(threads: Partial<PoolStats['threads']>, more: Partial<PoolStats> = {}): PoolStats {
  return {
    health: 'ok',
    accepted: 0,
    fulfilled: 0,
    rejected: 0,
    open: 0,
    queued: 0,
    running: 0,
    retries: 0,
    threadStarts: 0,
    lateMessages: 0,
    retryBudget: 1,
    ...more,
    threads: { ...none, ...threads },
  } as PoolStats;
}

const seen = (stats: PoolStats, more: Partial<Impression> = {}): Impression => ({
  stats,
  slots: 4,
  rate: 100,
  queuedBefore: 0,
  sinceRefusal: Number.POSITIVE_INFINITY,
  sinceProgress: 0,
  longest: 0,
  sinceAlive: 0,
  sinceWhole: 0,
  failure: '',
  ...more,
});

const LONG = { sinceAlive: 5_000, sinceWhole: 5_000 };
const busy = { busy: 4 };

for (const [what, impression, state, text] of [
  ['nothing to do', seen(statsOf({ ready: 4 })), 'idle', /4 threads ready/],
  ['at work', seen(statsOf({ busy: 2, ready: 2 })), 'working', /2 of 4 threads busy/],
  [
    'all dead',
    seen(statsOf({ starting: 2 }, { health: 'degraded', queued: 9 }), LONG),
    'dead',
    /^All workers are dead: none of 4 slots has a thread; 2 new ones are starting\. 9 tasks wait\.$/,
  ],
  [
    'all dead for a moment: taken over at once',
    seen(statsOf({ starting: 2 }, { health: 'degraded' }), { sinceAlive: 20, sinceWhole: 20 }),
    'idle',
    /./,
  ],
  [
    'a queue that grows',
    seen(statsOf(busy, { queued: 2_000 }), { queuedBefore: 1_000 }),
    'overloaded',
    /^Overloaded: all 4 threads are alive and busy; the 2,000 tasks that wait would take 20 s, and they become more\.$/,
  ],
  [
    'the same with a thread less',
    seen(statsOf({ busy: 3 }, { health: 'degraded', queued: 2_000 }), LONG),
    'overloaded',
    /1 of 4 slots has no thread/,
  ],
  ['a queue that is long and does not grow: a window', seen(statsOf(busy, { queued: 2_000 }), { queuedBefore: 2_000 }), 'working', /./],
  ['a queue that grows and is soon done', seen(statsOf(busy, { queued: 200 })), 'working', /./],
  ['tasks are refused', seen(statsOf(busy, { queued: 10 }), { sinceRefusal: 100 }), 'overloaded', /refused/],
  ['tasks were refused, and a thread is free', seen(statsOf({ busy: 3, ready: 1 }), { sinceRefusal: 100 }), 'working', /./],
  [
    'nothing ends',
    seen(statsOf(busy), { sinceProgress: 12_000, longest: 30_000 }),
    'slow',
    /^Slow, not dead: 4 threads alive, but nothing has ended for 12 s; the longest attempt has run for 30 s\.$/,
  ],
  ['a slot is empty', seen(statsOf({ busy: 3 }, { health: 'degraded' }), LONG), 'degraded', /1 of 4 slots has no thread/],
  ['starting', seen(statsOf({ starting: 4 }, { health: 'starting' })), 'starting', /0 of 4 threads/],
  ['failed', seen(statsOf({}, { health: 'failed' }), { failure: 'It does not load.' }), 'failed', /It does not load\.$/],
  ['closed', seen(statsOf({}, { health: 'closed', fulfilled: 3 })), 'closed', /3 tasks fulfilled/],
] as const) {
  it(`${what}: ${state}`, () => {
    const verdict = verdictOf(impression);
    assert.equal(verdict.state, state, verdict.text);
    assert.match(verdict.text, text);
  });
}

it('what has been seen lately: the rate, the queue of before, and since when nothing ends', () => {
  const looks = new Looks();
  for (let second = 0; second <= 20; second++) {
    const settled = Math.min(second, 12) * 50;
    looks.add(second * 1_000, statsOf(busy, { fulfilled: settled, queued: second * 10 }), Number.NEGATIVE_INFINITY);
  }
  const { rate, queuedBefore, sinceProgress } = looks.impression(20_000, statsOf(busy, { fulfilled: 600, queued: 200 }));
  assert.deepEqual([rate, queuedBefore, sinceProgress], [10, 100, 8_000]);
  looks.add(21_000, statsOf({ ready: 4 }, { fulfilled: 600 }), Number.NEGATIVE_INFINITY);
  assert.equal(looks.impression(21_000, statsOf({ ready: 4 })).sinceProgress, 0, 'who has nothing to do is not slow');
});

it('says that there is no node, and not that workers have died', () => {
  const nodes = { nodes: [] } as unknown as NonNullable<PoolStats['nodes']>;
  const { state, text } = verdictOf(seen(statsOf({}, { health: 'degraded', queued: 3, nodes }), { slots: 0, sinceAlive: 5_000 }));
  assert.equal(state, 'dead');
  assert.equal(text, 'No node lends its threads. 3 tasks wait. Start one with holdfast node.');
});
