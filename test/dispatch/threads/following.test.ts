import assert from 'node:assert/strict';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import type { Capacity } from '../../../src/executors/executor.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { Script } from '../../simulation/world/scripted.ts';

/** As many places as its test says. */
class Places implements Capacity {
  offered = 0;
  readonly losing = false;
  readonly known = true;
  readonly largest = 2;
  #changed = (): void => {};

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  crowded(): boolean {
    return false;
  }

  offer(places: number): void {
    this.offered = places;
    this.#changed();
  }
}

let places: Places;

class Following extends Script {
  get capacity(): Places {
    return places;
  }
}

/** A pool whose slots follow the places, and what it tells of its health. */
function open(t: TestContext) {
  const script = new Following(t, { threads: undefined, spares: undefined, nodes: { url: 'redis://127.0.0.1' } });
  const told: (readonly [string, number])[] = [];
  script.pool.on('degraded', ({ ready }) => told.push(['degraded', ready]));
  script.pool.on('recovered', ({ threads }) => told.push(['recovered', threads]));
  return { script, told };
}

describe('slots that follow the places of an executor', () => {
  beforeEach(() => {
    places = new Places();
  });

  it('tell that the pool is degraded while the last ones go, and never that it has recovered', async (t) => {
    const { script, told } = open(t);
    places.offer(2);
    await settle();
    for (const n of [1, 2]) await script.thread(n).ready();
    await script.thread(1).exit();
    places.offer(0);
    await settle();
    assert.deepEqual(told, [['degraded', 1]]);
    await script.thread(2).exit();
    assert.equal(script.pool.health(), 'degraded');
    assert.deepEqual(told, [['degraded', 1]]);
  });

  it('tell that the pool is degraded when the last ones have gone in good order', async (t) => {
    const { script, told } = open(t);
    places.offer(1);
    await settle();
    await script.thread(1).ready();
    places.offer(0);
    await settle();
    await script.thread(1).exit();
    places.offer(1);
    await settle();
    await script.thread(2).ready();
    assert.deepEqual(told, [
      ['degraded', 0],
      ['recovered', 1],
    ]);
  });
});
