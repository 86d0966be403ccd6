import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sharedQueueDelay } from '../../src/plan/formulas/takeover.ts';
import { erlangC, lateShare, meanWait } from '../../src/plan/formulas/waiting.ts';
import { first } from '../soak.ts';
import { agrees } from './agreement.ts';
import { idealWindow } from './trials/shared-queue.ts';
import { IdealQueue, Stream } from './world/ideal-queue.ts';
import { exponential, randomOf } from './world/stage.ts';
import { controlled, distance, estimate, means } from './world/stats.ts';

const SETTING = { nodes: 10, threadsPerNode: 2, service: 20, noticed: 500, repair: 5_000, late: 100 } as const;

describe('a queue as books have it', () => {
  it("waits as Erlang's formula says", () => {
    const [gaps, times] = [randomOf(3, 1), randomOf(3, 2)];
    const stream = new Stream(
      () => exponential(gaps, 20 / 18),
      () => exponential(times, 20),
    );
    const started = new IdealQueue(20, stream).usual(60_000);
    const waits = started.map((at, event) => at - stream.cameAt(event)).slice(5_000);
    const mean = { what: 'mean wait', forecast: meanWait(20, 18, 20), simulated: estimate(means(waits, 20)) };
    const long = {
      what: 'long waits',
      forecast: lateShare(20, 18, 20, 30),
      simulated: estimate(
        means(
          waits.map((ms) => Number(ms > 30)),
          20,
        ),
      ),
    };
    for (const each of [mean, long]) assert.ok(distance(each) <= 2.5, JSON.stringify(each));
  });

  it('loses what a thread of each lost node was at, and starts it again when the loss is noticed', () => {
    let event = 0;
    const stream = new Stream(
      () => (event++ === 0 ? 1 : 10),
      () => 15,
    );
    // Events at 1, 11, 21, 31 ..., each of 15: the first server dies at 5 with the first event, which runs again from 25 on; it is back at 45.
    const { startedAt, wholeAt } = new IdealQueue(2, stream).run({ at: 5, servers: 1, noticed: 20, back: 40 });
    assert.deepEqual(startedAt.slice(0, 5), [26, 11, 41, 45, 56]);
    assert.equal(wholeAt, 60);
  });

  it('has the late events, and the time until whole, that the plan forecasts for the loss of a node', () => {
    const windows = 120;
    for (const [load, spares] of first(1, [
      [0.8, 1],
      [0.9, 0],
    ] as const)) {
      const outage = spares > 0 ? 500 : 5_500;
      const expected = sharedQueueDelay({ servers: 20, lost: 2, load, service: 20, noticed: 500, outage, late: 100 });
      const effects = Array.from({ length: windows }, (_, i) => idealWindow(i, { ...SETTING, load }, spares));
      // Its servers have nothing lying behind the event that they are at.
      const forecasts = { whole: expected.whole, late: expected.late - 2 * erlangC(20, load * 20) };
      for (const what of ['late', 'whole'] as const) {
        const row = { what, forecast: forecasts[what], simulated: estimate(effects.map((effect) => effect[what])) };
        const where = { table: '', unit: 'events', exact: false } as const;
        assert.ok(agrees({ ...row, ...where }), JSON.stringify(row));
        assert.ok(!agrees({ ...row, ...where, forecast: 2 * row.forecast }), `twice as much agrees as well: ${JSON.stringify(row)}`);
      }
    }
  });
});

describe('an estimate by a control variate', () => {
  it('is right, and far narrower than one without', () => {
    const random = randomOf(1, 1);
    const cheapOf = (): number => exponential(random, 100);
    const pairs = Array.from({ length: 8 }, (): [number, number] => {
      const cheap = cheapOf();
      return [1.02 * cheap + 3 + random(), cheap];
    });
    const found = controlled(pairs, Array.from({ length: 20_000 }, cheapOf));
    const alone = estimate(pairs.map(([costly]) => costly));
    assert.ok(Math.abs(found.mean - 105.5) <= 1.5 * found.half, JSON.stringify(found));
    assert.ok(found.half < alone.half / 10, `${found.half}, ${alone.half}`);
  });
});
