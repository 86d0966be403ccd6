import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawn, SOAK } from '../soak.ts';
import { play } from './child.ts';

const TIMEOUT = 'ERR_TASK_TIMEOUT';
const CRASHED = 'ERR_WORKER_CRASHED';

/** What each program prints before it ends. */
const ENDINGS: Record<string, unknown> = {
  'was never used': null,
  'has run': [7, 8],
  'has seen every kind of failure': ['E_CUSTOM', CRASHED, CRASHED, TIMEOUT, TIMEOUT, 'ERR_TASK_NOT_CLONEABLE'],
  'has every option set': ['ERR_TASK_QUARANTINED', [2, 3, 4, 5, 6]],
  'waits to start a thread again': null,
  'has failed': 'ERR_POOL_FAILED',
  'lives in cells': [7],
  'works on': 'worked on for 300',
  'is ready': null,
  'has an orphan': TIMEOUT,
  'has seen a map left early': 3,
  'works on after a map that failed': [CRASHED, 300],
  'works on after a key was closed': [[CRASHED, 'ERR_TASK_QUARANTINED', 'ERR_TASK_QUARANTINED'], 300],
  'closes cells under a map': [0, 2, 'ERR_POOL_CLOSED'],
  'waits for a retry': 'given up: E_CUSTOM',
};

const told = (stories: readonly string[]) => play('exits', stories) as Promise<Record<string, unknown> & { stories: readonly string[] }>;

describe('a process ends by itself, though nobody closes its pool', () => {
  it('nor any of all these pools', async () => {
    const played = drawn(3, Object.entries(ENDINGS));
    const { stories, ...endings } = await told(played.map(([story]) => story));
    assert.deepEqual(endings, Object.fromEntries(played));
    assert.deepEqual(stories.toSorted(), Object.keys(ENDINGS).toSorted(), 'and there is no other');
  });
  if (!SOAK) return;
  for (const [story, ending] of Object.entries(ENDINGS)) {
    it(`that ${story}`, async () => assert.deepEqual((await told([story]))[story], ending));
  }
});
