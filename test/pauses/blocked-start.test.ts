import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turn } from '../next-event.ts';
import { further } from '../soak.ts';
import { block, open } from '../stories/stage.ts';

for (const when of ['before', 'after'] as const) {
  further(`threads whose program computes ${when} they begin are not condemned: it cannot hear that they are ready`, async (t) => {
    const pool = open(t, { threads: 2, spares: 0, startupTimeout: 3000 });
    const reasons: string[] = [];
    pool.on('workerExit', ({ reason }) => reasons.push(reason));
    if (when === 'after') await turn(); // They begin in a microtask.
    block(3300);
    await pool.ready();
    assert.deepEqual(reasons, []);
  });
}

for (const isolation of ['none', 'process'] as const) {
  (isolation === 'none' ? test : further)(
    `threads that are ended while their program computes are no orphans (isolation: ${isolation})`,
    async (t) => {
      const pool = open(t, {
        threads: 2,
        spares: 0,
        terminateTimeout: 200,
        abortGrace: 0,
        retry: false,
        ...(isolation === 'process' ? { isolation } : {}),
      });
      await pool.ready();
      const reasons: string[] = [];
      pool.on('workerExit', ({ reason }) => reasons.push(reason));
      const controller = new AbortController();
      let begun = (_: unknown): void => {};
      const beginning = new Promise<unknown>((resolve) => {
        begun = resolve;
      });
      const options = { name: 'tellAndSpin', signal: controller.signal, onProgress: begun } as const;
      const spun = assert.rejects(pool.run(undefined as never, options), { code: 'ERR_TASK_ABORTED' });
      await beginning; // One that had not begun would only be taken back.
      controller.abort();
      block(700);
      await spun;
      while (reasons.length === 0) await turn();
      assert.deepEqual(reasons, ['aborted']);
      assert.equal(pool.stats().threads.orphan, 0);
    },
  );
}
