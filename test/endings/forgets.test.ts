import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from './child.ts';

const STORIES = [
  'have succeeded',
  'have succeeded one by one',
  'were mapped',
  'have failed',
  'have crashed, over and over',
  'could not be cloned',
  'have timed out',
  'were aborted',
  'were retried in the end with success',
  'were given up while their retries waited',
  'were refused',
  'had copies',
  'moved their memory',
  'reported progress',
  'lived in cells',
];

type Counts = Readonly<Record<string, number>>;

interface Remains {
  readonly watched: number;
  readonly alive: readonly string[];
  readonly live: Counts;
  readonly timers: number;
  readonly allowed: number;
  readonly open: number;
  readonly listeners: number;
}

describe('an open pool forgets input, result, error, signal, timers and retries of tasks', () => {
  const told = play('forgets', 'all') as Promise<Record<string, Remains> & { nothing: Counts }>;
  for (const story of STORIES) {
    it(`that ${story}`, async () => {
      const { watched, alive, live, timers, allowed, open, listeners } = (await told)[story]!;
      assert.ok(watched > 0, 'something was watched');
      assert.deepEqual({ alive, open, listeners }, { alive: [], open: 0, listeners: 0 });
      assert.deepEqual(live, (await told).nothing);
      assert.ok(timers <= allowed, `${timers} timers, at most ${allowed} expected`);
    });
  }
  it('and there is no other story', async () => assert.deepEqual(Object.keys(await told), ['nothing', ...STORIES]));
});
