import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { drawn } from '../soak.ts';
import { play } from './child.ts';

const STORIES = [
  'have succeeded',
  'were mapped',
  'have failed',
  'have timed out',
  'have crashed, over and over',
  'moved their memory',
  'reported progress',
  'could not be cloned',
  'have succeeded one by one',
  'were aborted',
  'were retried in the end with success',
  'were given up while their retries waited',
  'were refused',
  'had copies',
  'lived in cells',
];

const PLAYED = drawn(2, STORIES);

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
  let told: Promise<Record<string, Remains> & { stories: readonly string[]; nothing: Counts; everything: Counts }>;
  before(() => {
    told = play('forgets', PLAYED) as typeof told;
  });
  for (const story of PLAYED) {
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
  it('and there is no other story', async () => assert.deepEqual((await told).stories.toSorted(), STORIES.toSorted()));
});
