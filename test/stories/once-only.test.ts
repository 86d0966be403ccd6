import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { settle } from '../../src/faults/virtual-clock.ts';
import { Script } from '../simulation/world/scripted.ts';
import { codeOf, kindsOf } from './outcomes.ts';

/** Rules that would try everything again, often, if they were asked. */
const eager = { retries: 9, minTimeout: 0, shouldRetry: () => true };

/** How often a task was begun, over all threads. */
interface Counted {
  readonly script: Script;
  readonly run: { readonly outcome?: unknown; readonly error?: unknown };
}

async function begun(t: TestContext): Promise<Counted> {
  const script = new Script(t, { threads: 1, spares: 1, timeout: { run: 100 }, retry: eager });
  for (const n of [1, 2]) await script.thread(n).ready();
  const run = script.watch(script.pool.run('once', { idempotent: false }));
  await settle();
  assert.deepEqual(script.thread(1).begin(), { input: 'once' });
  return { script, run };
}

async function notAgain({ script, run }: Counted, code: string, kind: string): Promise<void> {
  await script.clock.advance(500);
  for (const thread of script.threads.slice(1)) {
    await thread.ready();
    assert.equal(thread.begin(), undefined, 'no other thread gets it');
  }
  assert.deepEqual([codeOf(run), kindsOf(run)], [code, [kind]]);
}

describe('a task that may be started once', () => {
  it('is not started again after a crash', async (t) => {
    const counted = await begun(t);
    await counted.script.thread(1).exit({ cause: 'crash', error: new Error('boom') });
    await notAgain(counted, 'ERR_WORKER_CRASHED', 'crash');
  });

  it('is not started again after it ran out of memory', async (t) => {
    const counted = await begun(t);
    await counted.script.thread(1).exit({ cause: 'oom' });
    await notAgain(counted, 'ERR_WORKER_OUT_OF_MEMORY', 'oom');
  });

  it('is not started again after its run time-out', async (t) => {
    const counted = await begun(t);
    await counted.script.clock.advance(150);
    await counted.script.thread(1).exit();
    await notAgain(counted, 'ERR_TASK_TIMEOUT', 'timeout');
  });

  it('is not started again after an error of its own, whatever the rules say', async (t) => {
    const counted = await begun(t);
    counted.script.thread(1).fail(Object.assign(new RangeError('on purpose'), { code: 'E_MINE' }));
    await counted.script.thread(1).report();
    await notAgain(counted, 'E_MINE', 'error');
  });

  it('is not started again when the thread dies by the fault of another', async (t) => {
    const counted = await begun(t);
    await counted.script.thread(1).exit({ blame: { of: 'settled', taskId: 77 } });
    await notAgain(counted, 'ERR_WORKER_CRASHED', 'crash');
  });

  it('is not started again when its result was lost with the thread', async (t) => {
    const counted = await begun(t);
    counted.script.thread(1).finish('never heard');
    await counted.script.thread(1).exit();
    await notAgain(counted, 'ERR_WORKER_CRASHED', 'crash');
  });

  it('is given to another thread when the first died before it had begun', async (t) => {
    const script = new Script(t, { threads: 1, spares: 1, retry: false });
    for (const n of [1, 2]) await script.thread(n).ready();
    const run = script.watch(script.pool.run('once', { idempotent: false }));
    await settle();
    assert.equal(script.thread(1).mail.length, 1);
    await script.thread(1).exit({ blame: { of: 'settled', taskId: 77 } });
    assert.deepEqual(await script.thread(2).work(), ['once']);
    assert.equal(run.outcome, 'once');
  });
});
