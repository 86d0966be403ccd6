import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RestartType, type Strategy, Supervisor } from '../../src/supervision/index.ts';
import { first, SOAK } from '../soak.ts';
import { puppet } from './lives.ts';

const run = promisify(execFile);
const LIVES = fileURLToPath(new URL('./lives.js', import.meta.url));

describe('simple_one_for_one_scale_many_temporary_children, and all others', () => {
  const cases: [RestartType, Strategy][] = [
    ['temporary', 'simple_one_for_one'],
    ['permanent', 'one_for_one'],
  ];
  const children = SOAK ? 100_000 : 20_000;
  for (const [restart, strategy] of first(1, cases)) {
    it(`${children} ${restart} children under ${strategy}`, async (t) => {
      // In a process of its own: the test runner follows every promise, which costs more than all that is measured here.
      const { stdout } = await run(process.execPath, [LIVES, 'run', restart, strategy, String(children)], { timeout: 110_000 });
      t.diagnostic(stdout.trim());
      // Not a matter of how fast the machine is: work that grew with the number of siblings would make it twenty, and a hundred in a soak.
      const ratio = Number(stdout.match(/ratio ([\d.]+)/)?.[1]);
      assert.ok(ratio < 10, stdout);
    });
  }

  it('count_children', async () => {
    const supervisor = await new Supervisor<void>({
      strategy: 'simple_one_for_one',
      template: { restart: 'temporary', start: puppet },
    }).start();
    for (const n of [1_000, 2_000]) {
      while (supervisor.count().workers < n) await supervisor.startInstance();
      assert.equal(supervisor.which().length, n);
      assert.deepEqual(supervisor.count(), { specs: 1, active: n, supervisors: 0, workers: n });
    }
    await supervisor.stop();
  });
});
