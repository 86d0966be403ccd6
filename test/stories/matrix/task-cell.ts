import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Pool, PoolEvents, RunOptions } from '../../../src/index.ts';
import { mainIsUnharmed, whole } from '../stage.ts';
import type { Cell } from './cells.ts';
import { attemptsInWords, inWords, type Kind } from './kinds.ts';

/** Good tasks that may wait beside the bad one. */
export const INNOCENTS = 24;

/** The bad task alone, or in the middle of as many good ones as the queue will take. */
export async function cell(pool: Pool, kind: Kind, { threads, queue, signal: signalled }: Cell): Promise<string> {
  const controller = signalled ? new AbortController() : undefined;
  const before = pool.stats();
  const signal: RunOptions = controller === undefined ? {} : { signal: controller.signal };
  const late: PoolEvents['lateError'][] = [];
  const hear = (event: PoolEvents['lateError']): void => void late.push(event);
  pool.on('lateError', hear);
  const good: Promise<unknown>[] = [];
  const run = (n: number): void => void good.push(pool.run(n, n % 3 === 0 ? { ...signal, name: 'waitFor' } : signal));
  if (queue === 'full') for (let n = 0; n < INNOCENTS / 2; n++) run(n);
  const bad = pool.run(kind.input?.() as never, { ...signal, ...kind.run, name: kind.name });
  if (queue === 'full') {
    for (let n = INNOCENTS / 2; n < INNOCENTS + threads - 1; n++) run(n);
    await assert.rejects(pool.run('one too many', signal), { code: 'ERR_QUEUE_FULL' });
  }
  const [outcome] = await Promise.allSettled([bad]);
  assert.equal(inWords(outcome!), kind.outcome);
  assert.deepEqual(attemptsInWords(outcome!), kind.attempts);
  assert.deepEqual(
    await Promise.all(good),
    good.map((_, n) => n),
    'innocents get the right value',
  );
  await whole(pool, threads, 1, kind.event === undefined ? undefined : () => late.length > 0);
  pool.off('lateError', hear);
  const after = pool.stats();
  assert.equal(after.accepted - before.accepted, good.length + 1, 'what was refused was not accepted');
  assert.equal(after.fulfilled + after.rejected - before.fulfilled - before.rejected, good.length + 1, 'all settle, once');
  assert.equal(late.length, kind.event === undefined ? 0 : 1);
  if (controller !== undefined) assert.equal(getEventListeners(controller.signal, 'abort').length, 0, 'no listener stays');
  await mainIsUnharmed();
  return queue === 'full' ? `✓ ${good.length}/${good.length}` : '✓';
}
