import assert from 'node:assert/strict';
import { hash32, seeded } from '../../../src/core/random.ts';
import { oneIn, SOAK } from '../../soak.ts';
import { Floor, type Service } from './floor.ts';

const test = oneIn(3, import.meta.url);

/** Enough that one is idle while others are held up: with 8, one in some 25 runs misses the goal for want of an idle thread. */
const THREADS = 12;
const LOAD = 0.35;
const USUAL = 2;
const SLOW = 100;
const SHARE = 0.01;
const FIRST = 2_000;
const TASKS = 4_000;

const draw = (...parts: number[]): number => hash32(...parts) / 2 ** 32;
/** Most take about as long; one in ten is held up a little. */
const usual = (seed: number, task: number, replica: number): number =>
  USUAL + (draw(seed, task, replica, 1) < 0.1 ? 2 * USUAL * draw(seed, task, replica, 2) : 0.1 * draw(seed, task, replica, 3));
/** Each attempt may have bad luck, copies too. */
const slowPlace =
  (seed: number): Service =>
  (task, replica) =>
    draw(seed, task, replica) < SHARE ? SLOW : usual(seed, task, replica);
/** Some tasks take long wherever they run. */
const slowTask =
  (seed: number): Service =>
  (task, replica) =>
    draw(seed, task) < SHARE ? SLOW : usual(seed, task, replica);

/** Tasks come at random; the first ones teach the pool what is usual, and their latencies do not count. */
function trial(seed: number, budget: number, service: Service, tasks = TASKS): { p999: number; extra: number } {
  const floor = new Floor(THREADS, { after: 'p95', budget }, service);
  const random = seeded(seed);
  const gap = (USUAL * (1 - SHARE) + SLOW * SHARE) / (LOAD * THREADS);
  let task = 0;
  const arrive = (): void => {
    floor.begin(task);
    if (++task < FIRST + tasks) floor.clock.setTimeout(arrive, -Math.log(1 - random()) * gap);
  };
  floor.clock.setTimeout(arrive, 0);
  while (floor.clock.step());
  assert.equal(floor.latencies.length, FIRST + tasks);
  const measured = floor.latencies.slice(FIRST).sort((a, b) => a - b);
  return { p999: measured[Math.floor(measured.length * 0.999)]!, extra: floor.copies / floor.work };
}

for (let seed = 1; seed <= (SOAK ? 10 : 2); seed++) {
  test(`where slowness lies in the place, the slowest in a thousand are five times faster, for 5 % extra load at most: seed ${seed}`, () => {
    const off = trial(seed, 0, slowPlace(seed));
    const on = trial(seed, 0.05, slowPlace(seed));
    assert.equal(off.extra, 0);
    assert.ok(on.p999 * 5 <= off.p999, `${on.p999} ms instead of ${off.p999} ms`);
    assert.ok(on.extra <= 0.05, `${on.extra} of extra load`);
  });

  test(`where it lies in the task, copies stay within their budget: seed ${seed}`, () => {
    const { extra } = trial(seed, 0.05, slowTask(seed));
    assert.ok(extra > 0 && extra <= 0.05, `${extra} of extra load`);
  });
}

test('in the long run, copies that never win use less than half of the budget', () => {
  const { extra } = trial(1, 0.05, slowTask(1), 60_000);
  assert.ok(extra > 0 && extra < 0.025, `${extra} of extra load`);
});
