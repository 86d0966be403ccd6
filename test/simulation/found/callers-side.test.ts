import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, type TestContext } from 'node:test';
import type { TimeoutError } from '../../../src/core/errors.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import { oneIn } from '../../soak.ts';
import { Script } from '../world/scripted.ts';

const it = oneIn(2, import.meta.url);

describe("the caller's side", () => {
  it('may share one signal among thousands of tasks, for one listener and no warning', async (t) => {
    // Each task had a listener of its own. From the eleventh on Node warned of a leak, and removing them took n² steps.
    const script = new Script(t, { threads: 1 });
    await script.thread(1).ready();
    const controller = new AbortController();
    const runs = Array.from({ length: 5000 }, (_, i) => script.watch(script.pool.run(i, { signal: controller.signal })));
    await settle();
    assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
    controller.abort('enough');
    await settle();
    for (const { error } of runs) assert.equal((error as { cause?: unknown }).cause, 'enough');
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('leaves no listener on a signal whose tasks have all settled', async (t) => {
    const script = new Script(t, { threads: 1 });
    await script.thread(1).ready();
    const controller = new AbortController();
    const run = script.watch(script.pool.run('one', { signal: controller.signal }));
    await settle();
    await script.thread(1).work();
    assert.equal(run.outcome, 'one');
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('may throw in onProgress, and harms nobody', async (t) => {
    // It was called from the handler of a message: the program died of it.
    const script = new Script(t, { threads: 1 });
    await script.thread(1).ready();
    const onProgress = (): never => {
      throw new Error('in the progress callback');
    };
    const run = script.watch(script.pool.run('chatty', { onProgress }));
    await settle();
    script.thread(1).begin();
    script.thread(1).events.progress(1, 0, 'half');
    script.thread(1).finish('done');
    await script.thread(1).report();
    assert.equal(run.outcome, 'done');
  });

  it('may set limits longer than the longest timer', async (t) => {
    // Node's timers wait for 24.8 days at most. The task was ended then, and told that its 30 days had passed.
    const days = 86_400_000;
    const script = new Script(t, { threads: 1, timeout: { run: Number.POSITIVE_INFINITY, total: 30 * days } });
    await script.thread(1).ready();
    const run = script.watch(script.pool.run('long'));
    await settle();
    script.thread(1).begin();
    // The watchdog looks around a million times in 29 days, and nothing else happens: no step needs a turn of the event loop.
    while (script.clock.step(29 * days));
    await script.clock.advance(29 * days - script.clock.now());
    assert.equal('error' in run, false);
    await script.clock.advance(days);
    assert.equal((run.error as TimeoutError).phase, 'total');
  });

  it('is not kept in memory by a task that has settled and still runs', async (t) => {
    // A settled task pointed to the one accepted after it, that to the next, and so on: one that ran on kept all of them.
    const script = new Script(t, { threads: 1, abortGrace: 1000 });
    await script.thread(1).ready();
    const controller = new AbortController();
    script.watch(script.pool.run('runs on', { signal: controller.signal }));
    const later = Array.from({ length: 10 }, (_, i) => script.watch(script.pool.run(i, { signal: controller.signal })));
    await settle();
    const [first] = script.thread(1).attempts;
    script.thread(1).begin();
    controller.abort();
    await settle();
    assert.ok(later.every(({ error }) => error !== undefined));
    assert.equal(first!.task.state, 'settled');
    assert.equal(first!.task.after, undefined);
  });
});

describe('a listener', () => {
  it('may close the pool when it hears of a retry', async (t) => {
    // The retry was queued all the same, for a task that had just been rejected: it waited there forever.
    const script = new Script(t, { threads: 1, retry: { retries: 1, minTimeout: 0 } });
    await script.thread(1).ready();
    script.pool.on('retry', () => void script.pool.close({ force: true }));
    const run = script.watch(script.pool.run('crashes'));
    await settle();
    script.thread(1).begin();
    await script.thread(1).exit({ cause: 'crash' });
    assert.equal((run.error as { code?: string }).code, 'ERR_POOL_CLOSED');
    assert.equal(script.pool.stats().queued, 0);
  });

  it('may abort the task that is the probe of its key, when it hears of the probe', async (t) => {
    // It heard before the task was in the books. The signal had not been aborted when it was asked, and had been when it was listened to:
    // the task ran, and settled as if it had not been aborted.
    const controller = new AbortController();
    const script = await probed(t, () => controller.abort('enough'));
    const run = script.watch(script.pool.run('probe', { signal: controller.signal }));
    await settle();
    assert.equal((run.error as { cause?: unknown }).cause, 'enough');
    assert.equal(script.thread(2).begin(), undefined, 'it is never begun');
    const next = script.watch(script.pool.run('next'));
    await settle();
    await script.thread(2).work();
    assert.equal(next.outcome, 'next', 'nothing was decided: the next task is the probe');
  });

  it('may close the pool when it hears of a probe', async (t) => {
    // The probe entered the books of a pool that had rejected all that was in them: it never settled.
    const script = await probed(t, () => void script.pool.close({ force: true }));
    const run = script.watch(script.pool.run('probe'));
    await settle();
    assert.equal((run.error as { code?: string }).code, 'ERR_POOL_CLOSED');
  });

  it('may end the map whose item is the probe of its key', async (t) => {
    // The item was accepted for a map that had ended: it ran without a caller.
    const controller = new AbortController();
    const script = await probed(t, () => controller.abort('enough'));
    const next = script.watch(script.pool.map(['probe'], { signal: controller.signal }).next());
    await settle();
    assert.equal((next.error as { code?: string }).code, 'ERR_TASK_ABORTED');
    assert.equal(script.thread(2).begin(), undefined, 'it is never begun');
    assert.equal(script.holders, 0, 'no task is open');
  });
});

describe('a source', () => {
  it('may end its own map, and nothing of it is run any more', async (t) => {
    // What it gave at the same moment was accepted for a map that had ended: it ran without a caller.
    for (const place of ['next', 'key'] as const) {
      const controller = new AbortController();
      const end = (here: typeof place): void => {
        if (here === place) controller.abort();
      };
      const key = (): string => {
        end('key');
        return 'k';
      };
      const script = new Script(t, { threads: 1, quarantine: { key } });
      await script.thread(1).ready();
      const source = (function* () {
        end('next');
        yield 'item';
      })();
      const next = script.watch(script.pool.map(source, { signal: controller.signal }).next());
      await settle();
      assert.equal((next.error as { code?: string }).code, 'ERR_TASK_ABORTED');
      assert.equal(script.thread(1).begin(), undefined, place);
      assert.equal(script.holders, 0);
    }
  });

  it('may end its own map with its last word, and nobody waits for more', async (t) => {
    // The map forgot that it had ended: a caller that asked it again waited forever.
    const script = new Script(t, { threads: 1 });
    await script.thread(1).ready();
    const controller = new AbortController();
    const source = (function* () {
      yield 'item';
      controller.abort();
    })();
    const map = script.pool.map(source, { signal: controller.signal });
    const first = script.watch(map.next());
    await settle();
    assert.equal((first.error as { code?: string }).code, 'ERR_TASK_ABORTED');
    const second = script.watch(map.next());
    await settle();
    assert.deepEqual(second.outcome, { value: undefined, done: true });
  });
});

/** A pool whose only key has been closed, and is due for its probe. */
async function probed(t: TestContext, heard: () => void): Promise<Script> {
  const script = new Script(t, { threads: 1, quarantine: { key: () => 'k', after: 1, ttl: 1000 }, retry: false });
  await script.thread(1).ready();
  script.watch(script.pool.run('guilty'));
  await settle();
  script.thread(1).begin();
  await script.thread(1).exit({ cause: 'crash', error: new Error('boom') });
  await script.thread(2).ready();
  await script.clock.advance(1000);
  script.pool.on('quarantine', ({ state }) => state === 'probe' && heard());
  return script;
}
