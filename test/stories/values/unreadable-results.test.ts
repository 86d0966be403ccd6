import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { NotCloneableError, Pool, type PoolOptions } from '../../../src/index.ts';
import { nextEvent } from '../../next-event.ts';
import { further, oneIn, SOAK } from '../../soak.ts';
import { whole } from '../stage.ts';

const it = oneIn(2, import.meta.url);

const filename = new URL('../../fixtures/deep.js', import.meta.url);

/** Tasks of which every tenth has a result that cannot be read. */
const NEIGHBOURS = SOAK ? 500 : 80;
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

for (const isolation of ['thread', 'process'] as const) {
  const open = (options: Partial<PoolOptions> = {}): Pool => new Pool({ filename, isolation, threads: 1, spares: 0, ...options });

  describe(`what a ${isolation === 'thread' ? 'thread' : 'cell'} sends and nobody can read`, () => {
    it('costs its own task, however often it comes; the thread lives on, and the pool too', async () => {
      await using pool = open();
      let deaths = 0;
      pool.on('workerExit', () => deaths++);
      for (let i = 0; i < 12; i++) {
        const error = await pool.run(0).catch((reason: unknown) => reason);
        assert.ok(error instanceof NotCloneableError);
        assert.equal(error.direction, 'result');
      }
      assert.equal(await pool.run(1), 1);
      assert.equal(deaths, 0);
    });

    it('costs no neighbour, in whatever bundle they travel', async () => {
      await using pool = open({ threads: 2 });
      const outcomes = await Promise.allSettled(Array.from({ length: NEIGHBOURS }, (_, n) => pool.run(n)));
      for (const [n, outcome] of outcomes.entries()) {
        if (n % 10 === 0) assert.equal(outcome.status === 'rejected' && codeOf(outcome.reason), 'ERR_TASK_NOT_CLONEABLE');
        else assert.deepEqual(outcome, { status: 'fulfilled', value: n });
      }
      await whole(pool, 2, 0);
      assert.equal(pool.health(), 'ok');
    });

    const inThread = isolation === 'thread' ? it : further;
    inThread('may be started only once: it fails alone, and its neighbours return', async () => {
      await using pool = open({ idempotent: false });
      const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, n) => pool.run(n)));
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 36);
    });

    inThread('is told of with what was thrown: the error arrives without it', async () => {
      await using pool = open({ retry: false });
      const error = (await pool.run(0, { name: 'inField' }).catch((reason: unknown) => reason)) as TypeError & { field: unknown };
      assert.ok(error instanceof TypeError);
      assert.equal(codeOf(error), 'E_DEEP');
      assert.equal('field' in error, false);
      assert.equal(error.cause, '[not cloneable: object]');
      assert.equal(await pool.run(0, { name: 'thrown' }).catch((reason: unknown) => reason), '[not cloneable: object]');
      assert.equal(await pool.run(0, { name: 'told' }), 'DataCloneError');
    });

    inThread('does not hide a late error', async () => {
      await using pool = open();
      const late = nextEvent(pool, 'lateError');
      assert.equal(await pool.run(0, { name: 'late' }), 'returned');
      assert.equal(((await late).error as Error).message, 'late');
    });
  });
}

it("a compiled module cannot leave its process: that is its task's failure", async () => {
  await using pool = new Pool({ filename, isolation: 'process', threads: 1, spares: 0 });
  for (let i = 0; i < 8; i++)
    assert.equal(codeOf(await pool.run(0, { name: 'compiled' }).catch((reason: unknown) => reason)), 'ERR_TASK_NOT_CLONEABLE');
  assert.equal(await pool.run(1), 1);
});
