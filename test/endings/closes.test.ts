import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { play } from './child.ts';

const STORIES = [
  'was never used',
  'has worked',
  'has seen every kind of failure',
  'is closed with force in the middle of it',
  'is closed while retries wait',
  'has failed',
  'never became ready',
  'was given another try over and over',
  'was built for quarantine and recycling',
  'left a map in the middle',
  'lives in cells',
];

interface Left {
  readonly resources: readonly string[];
  readonly timers: number;
  readonly listeners: number;
}

describe('a closed pool leaves no thread, port, timer, process or listener', () => {
  const told = play('closes', 'all') as Promise<Record<string, { before: Left; after: Left }>>;
  for (const story of STORIES) {
    it(`that ${story}`, async () => {
      const { before, after } = (await told)[story]!;
      assert.ok(before.timers > 0, 'the story counts timers: it has one of its own');
      assert.deepEqual(after, before);
    });
  }
  it('and there is no other story', async () => assert.deepEqual(Object.keys(await told), STORIES));
});
