import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { drawn } from '../soak.ts';
import { play } from './child.ts';

const STORIES = [
  'has seen every kind of failure',
  'is closed with force in the middle of it',
  'is closed while retries wait',
  'was never used',
  'has worked',
  'has failed',
  'never became ready',
  'was given another try over and over',
  'was built for quarantine and recycling',
  'left a map in the middle',
  'lives in cells',
];

const PLAYED = drawn(2, STORIES);

interface Left {
  readonly resources: readonly string[];
  readonly timers: number;
  readonly listeners: number;
}

describe('a closed pool leaves no thread, port, timer, process or listener', () => {
  let told: Promise<Record<string, { before: Left; after: Left }> & { stories: readonly string[] }>;
  before(() => {
    told = play('closes', PLAYED) as typeof told;
  });
  for (const story of PLAYED) {
    it(`that ${story}`, async () => {
      const { before, after } = (await told)[story]!;
      assert.ok(before.timers > 0, 'the story counts timers: it has one of its own');
      assert.deepEqual(after, before);
    });
  }
  it('and there is no other story', async () => assert.deepEqual((await told).stories.toSorted(), STORIES.toSorted()));
});
