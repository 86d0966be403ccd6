import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from './child.ts';

const STORIES = [
  'have succeeded',
  'were mapped',
  'moved their memory',
  'reported progress',
  'have failed',
  'could not be cloned',
  'have crashed, over and over',
  'have succeeded one by one',
  'have timed out',
  'were aborted',
  'were retried in the end with success',
  'were given up while their retries waited',
  'were refused',
  'had copies',
  'lived in cells',
];

type Counts = Readonly<Record<string, number>>;

interface Remains {
  readonly watched: number;
  readonly alive: readonly string[];
  readonly timers: number;
  readonly allowed: number;
  readonly open: number;
  readonly listeners: number;
}

describe('an open pool forgets input, result, error, signal, timers and retries of tasks', () => {
  const told = play('forgets', 'all') as Promise<Record<string, Remains> & { nothing: Counts; everything: Counts }>;
  for (const story of STORIES) {
    it(`that ${story}`, async () => {
      const { watched, alive, timers, allowed, open, listeners } = (await told)[story]!;
      assert.ok(watched > 0, 'something was watched');
      assert.deepEqual({ alive, open, listeners }, { alive: [], open: 0, listeners: 0 });
      assert.ok(timers <= allowed, `${timers} timers, at most ${allowed} expected`);
    });
  }
  it('and nothing that the pools have made for them, while all are still open', async () => {
    const { nothing, everything } = await told;
    assert.deepEqual(everything, nothing);
  });
  it('and there is no other story', async () => assert.deepEqual(Object.keys(await told), ['nothing', ...STORIES, 'everything']));
});
