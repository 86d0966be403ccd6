import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Lookout } from '../../../src/server/thread/lookout.ts';

/** A thread on a clock of which each look takes a step. */
function thread(comes: (look: number, isFirst: boolean) => boolean, steps: (look: number) => number = () => 0.001) {
  let now = 0;
  const seen = { looks: 0, taken: [] as unknown[], isIdle: true, first: 0 };
  const receive = (): { readonly message: unknown } | undefined => {
    const look = seen.looks++;
    now += steps(look);
    return comes(look, look === seen.first) ? { message: look } : undefined;
  };
  const take = (message: unknown): void => void seen.taken.push(message);
  const lookout = new Lookout(
    receive,
    take,
    () => seen.isIdle,
    () => now,
  );
  /** Messages that come through the event loop; after how many of them it has looked. */
  const hears = (count: number): number => {
    let times = 0;
    for (let i = 0; i < count; i++) {
      seen.first = seen.looks;
      lookout.look();
      if (seen.looks > seen.first) times++;
    }
    return times;
  };
  return { seen, hears };
}

describe('a thread of a server that looks for its next message', () => {
  it('takes what comes soon after, in order, and goes to sleep after a while', () => {
    const { seen, hears } = thread((look) => look === 3 || look === 4 || look === 20);
    hears(1);
    assert.deepEqual(seen.taken, [3, 4, 20]);
  });

  it('looks no further while a handler waits, and not at all if one does already', () => {
    const { seen, hears } = thread(() => {
      seen.isIdle = false;
      return true;
    });
    hears(5);
    assert.equal(seen.taken.length, 1);
    assert.equal(seen.looks, 1);
  });

  it('lets the event loop turn although messages keep coming', () => {
    const { seen, hears } = thread(
      () => true,
      () => 0.01,
    );
    hears(1);
    assert.equal(seen.taken.length, 25);
    hears(1);
    assert.equal(seen.taken.length, 50);
  });

  it('looks the more rarely the more often it was in vain, and never gives up', () => {
    const { hears } = thread(() => false);
    assert.equal(hears(20), 2);
    assert.equal(hears(2_560), 11);
  });

  it('looks after each message again once it is rewarded', () => {
    const { seen, hears } = thread((look) => seen.taken.length < 100 && look > 200 && look % 3 === 0);
    assert.ok(hears(200) < 20);
    hears(1_000);
    assert.equal(seen.taken.length, 100);
    assert.equal(new Set(seen.taken).size, 100);
  });

  it('takes messages that were there already for no reward', () => {
    const { seen, hears } = thread((_look, isFirst) => isFirst);
    assert.equal(hears(20), 2);
    assert.equal(seen.taken.length, 2);
  });

  it('takes a core that had something else to do for one that others need', () => {
    const { seen, hears } = thread(
      () => false,
      () => 1,
    );
    assert.equal(hears(20), 2);
    assert.equal(seen.looks, 2);
  });
});
