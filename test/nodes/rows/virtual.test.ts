import assert from 'node:assert/strict';
import { further, oneIn, SOAK } from '../../soak.ts';
import type { Climate } from '../simulation/climate.ts';
import { STEADY } from '../simulation/climates/steady.ts';
import { simulated } from '../simulation/seeds.ts';
import { KIND, ROWS, type Row } from './virtual.ts';

const test = oneIn(4, import.meta.url);

/** Milliseconds of one run. */
const DURATION = 60;

/** Three nodes of two threads, four slots and two spares, under a load that keeps all slots busy; every task may have ten attempts. */
const climateOf =
  ({ nodes = 3, clocksApart = 0, ms = 5_000 }: Row) =>
  (drawn: Climate): Climate => ({
    ...drawn,
    ...STEADY,
    pool: {
      ...drawn.pool,
      threads: 4,
      spares: 2,
      redundancy: false,
      retry: { retries: 10, minTimeout: 1, maxTimeout: 100, on: ['crash'] },
      timeout: { run: Number.POSITIVE_INFINITY },
      terminateTimeout: 2_000,
      retryBudget: 1,
    },
    nodes: { ...drawn.nodes, silence: 2_000, spread: 'prefer' },
    fleet: Array.from({ length: nodes }, () => KIND),
    duration: DURATION,
    load: 10,
    retries: 10,
    tasks: Math.ceil(ms / (DURATION / 4)),
    window: 24,
    burst: 4,
    longest: 1,
    clocksApart,
  });

/** Milliseconds after which it happens. */
const THEN = 2_000;

for (const row of ROWS) {
  (row.dear === true ? further : test)(`${row.row}: nothing is lost, nothing twice, and only what ran there is charged`, async (t) => {
    for (const seed of SOAK ? Array.from({ length: 20 }, (_, n) => n + 1) : [1]) {
      const play: NonNullable<Parameters<typeof simulated>[0]['play']> = (world) =>
        world.base.after(() => row.play(world), row.nodes === 0 ? 3_000 : THEN);
      const { violation, outcomes, counts, tasks, time } = await simulated({ seed, climate: climateOf(row), play });
      const { runs = 0 } = counts as Record<string, number>;
      assert.equal(violation, undefined, `seed ${seed}`);
      assert.deepEqual([...outcomes], [['fulfilled', tasks]], `seed ${seed}`);
      const down = Object.entries(counts as Record<string, number>).flatMap(([name, count]) =>
        name.startsWith('down:') ? Array.from({ length: count }, () => name.slice('down:'.length)) : [],
      );
      if (row.down !== undefined) assert.deepEqual(down, row.down, `seed ${seed}`);
      if (row.again !== true) assert.equal(runs, tasks, `seed ${seed}`);
      if (seed === 1)
        t.diagnostic(`${tasks} tasks in ${Math.round(time / 1_000)} s, ${runs} runs; nodes lost: ${down.join(', ') || 'none'}`);
    }
  });
}
