import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Emitter } from '../../src/core/events.ts';
import { settle, VirtualClock } from '../../src/faults/virtual-clock.ts';
import type { PoolEvents, PoolOptions, QuarantinedError } from '../../src/index.ts';
import { Quarantine } from '../../src/policies/quarantine.ts';
import { Script } from '../simulation/world/scripted.ts';
import type { ScriptedThread } from '../simulation/world/scripted-thread.ts';
import { codeOf } from './outcomes.ts';

type Story = { readonly script: Script; readonly said: PoolEvents['quarantine'][] };

/** Keys are the first letters of inputs; three failures close one, for a second. */
function begin(t: TestContext, options: Partial<PoolOptions> = {}): Story {
  const quarantine = { key: (input: string) => input[0]!, after: 3, ttl: 1_000 };
  const script = new Script(t, { threads: 1, retry: false, timeout: { run: 50 }, quarantine: quarantine as never, ...options });
  const said: PoolEvents['quarantine'][] = [];
  script.pool.on('quarantine', (event) => said.push(event));
  return { script, said };
}

type Ending = 'succeeds' | 'throws' | 'crashes' | 'oom' | 'hangs' | 'aborted';

/** One task from its acceptance to its settlement, or its refusal: then no thread hears of it. */
async function one(script: Script, input: string, ending: Ending): Promise<string | undefined> {
  const thread = script.threads.at(-1) as ScriptedThread;
  await thread.ready();
  const controller = new AbortController();
  const run = script.watch(script.pool.run(input, { signal: controller.signal }));
  await settle();
  if (thread.begin() === undefined) return codeOf(run);
  if (ending === 'succeeds') thread.finish(input);
  if (ending === 'throws') thread.fail(new RangeError('on purpose'));
  if (ending === 'succeeds' || ending === 'throws') await thread.report();
  if (ending === 'hangs') await script.clock.advance(60);
  if (ending === 'aborted') controller.abort();
  if (ending === 'crashes' || ending === 'oom') await thread.exit({ cause: ending === 'oom' ? 'oom' : 'crash' });
  else if (thread.terminated) await thread.exit();
  return codeOf(run);
}

async function all(script: Script, input: string, endings: readonly Ending[]): Promise<(string | undefined)[]> {
  const codes: (string | undefined)[] = [];
  for (const ending of endings) codes.push(await one(script, input, ending));
  return codes;
}

const CLOSING: readonly Ending[] = ['crashes', 'oom', 'hangs'];

describe('a key in quarantine', () => {
  it('is one whose tasks failed in a row, by crash, oom or time-out alike; it alone is refused, and at once', async (t) => {
    const { script, said } = begin(t);
    assert.deepEqual(await all(script, 'bad', CLOSING), ['ERR_WORKER_CRASHED', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_TASK_TIMEOUT']);
    assert.deepEqual(said, [{ key: 'b', state: 'closed', failures: 3 }]);
    const refused = script.watch(script.pool.run('bad again'));
    await settle();
    const { code, key, name } = refused.error as QuarantinedError;
    assert.deepEqual({ code, key, name }, { code: 'ERR_TASK_QUARANTINED', key: 'b', name: 'QuarantinedError' });
    assert.equal(await one(script, 'good', 'succeeds'), undefined);
  });

  it('is no key whose failures were not in a row', async (t) => {
    const { script, said } = begin(t);
    await all(script, 'bad', ['crashes', 'crashes', 'succeeds', 'crashes', 'crashes', 'throws', 'crashes', 'crashes']);
    assert.deepEqual(said, []);
    assert.equal(await one(script, 'bad', 'succeeds'), undefined);
  });

  it('is no key whose tasks throw, for they harm nobody', async (t) => {
    const { script, said } = begin(t);
    await all(script, 'bad', ['throws', 'throws', 'throws', 'throws']);
    assert.deepEqual(said, []);
  });

  it('is refused until its time has passed, and not a moment longer', async (t) => {
    const { script, said } = begin(t);
    await all(script, 'bad', ['crashes', 'crashes', 'crashes']);
    await script.clock.advance(999);
    assert.equal(await one(script, 'bad', 'succeeds'), 'ERR_TASK_QUARANTINED');
    await script.clock.advance(1);
    assert.equal(await one(script, 'bad', 'succeeds'), undefined);
    assert.deepEqual(
      said.map(({ state }) => state),
      ['closed', 'probe', 'open'],
    );
  });

  it('has one probe at a time: while it runs the others are refused', async (t) => {
    const { script } = begin(t);
    await all(script, 'bad', ['crashes', 'crashes', 'crashes']);
    await script.clock.advance(1_000);
    const thread = script.threads.at(-1)!;
    await thread.ready();
    const [probe, other] = ['bad probe', 'bad other'].map((input) => script.watch(script.pool.run(input)));
    await settle();
    assert.equal(codeOf(other!), 'ERR_TASK_QUARANTINED');
    await thread.work();
    assert.equal(probe!.outcome, 'bad probe');
  });

  it('is as good as new when its probe succeeds', async (t) => {
    const { script, said } = begin(t);
    await all(script, 'bad', ['crashes', 'crashes', 'crashes']);
    await script.clock.advance(1_000);
    const codes = await all(script, 'bad', ['succeeds', 'crashes', 'crashes', 'succeeds']);
    assert.deepEqual(codes, [undefined, 'ERR_WORKER_CRASHED', 'ERR_WORKER_CRASHED', undefined]);
    assert.deepEqual(said.at(-1), { key: 'b', state: 'open', failures: 0 });
  });

  it('is closed again, for as long, by one probe that fails', async (t) => {
    const { script, said } = begin(t);
    await all(script, 'bad', ['crashes', 'crashes', 'crashes']);
    await script.clock.advance(1_000);
    assert.equal(await one(script, 'bad', 'crashes'), 'ERR_WORKER_CRASHED');
    assert.deepEqual(said.at(-1), { key: 'b', state: 'closed', failures: 4 });
    await script.clock.advance(999);
    assert.equal(await one(script, 'bad', 'succeeds'), 'ERR_TASK_QUARANTINED');
    await script.clock.advance(1);
    assert.equal(await one(script, 'bad', 'succeeds'), undefined);
  });

  it('is not decided by a probe that its caller aborts: the next task is the probe', async (t) => {
    const { script } = begin(t);
    await all(script, 'bad', ['crashes', 'crashes', 'crashes']);
    await script.clock.advance(1_000);
    assert.deepEqual(await all(script, 'bad', ['aborted', 'crashes', 'succeeds']), [
      'ERR_TASK_ABORTED',
      'ERR_WORKER_CRASHED',
      'ERR_TASK_QUARANTINED',
    ]);
  });

  it('may be given with each run, without a function in the options', async (t) => {
    const { script } = begin(t, { quarantine: { after: 1 } });
    await script.thread(1).ready();
    script.watch(script.pool.run('x', { key: 'mine' }));
    await settle();
    script.thread(1).begin();
    await script.thread(1).exit({ cause: 'crash' });
    await script.thread(2).ready();
    const [mine, other, none] = [{ key: 'mine' }, { key: 'other' }, {}].map((given) => script.watch(script.pool.run('x', given)));
    await settle();
    while ((await script.thread(2).work()).length > 0);
    assert.deepEqual([codeOf(mine!), other!.outcome, none!.outcome], ['ERR_TASK_QUARANTINED', 'x', 'x']);
  });

  it('is not closed by time-outs of tasks that never began', async (t) => {
    const { script, said } = begin(t, {
      quarantine: { key: () => 'k', after: 1, ttl: 1_000 } as never,
      timeout: { queue: 100, total: 200 },
    });
    await script.thread(1).ready();
    script.watch(script.pool.run('holds the thread', { timeout: { run: 10_000, queue: 10_000, total: 10_000 } }));
    await settle();
    script.thread(1).begin();
    const waiting = [{ queue: 100 }, { queue: 1_000, total: 150 }].map((timeout) => script.watch(script.pool.run('waits', { timeout })));
    await script.clock.advance(200);
    assert.deepEqual(waiting.map(codeOf), ['ERR_TASK_TIMEOUT', 'ERR_TASK_TIMEOUT']);
    assert.deepEqual(said, []);
  });

  it('is decided by its probe, and by no task that was let in before', async (t) => {
    const { script, said } = begin(t, {
      threads: 3,
      timeout: { run: 100_000 },
      quarantine: { key: () => 'k', after: 1, ttl: 1_000 } as never,
    });
    for (const n of [1, 2, 3]) await script.thread(n).ready();
    const controller = new AbortController();
    script.watch(script.pool.run('old, and aborted', { signal: controller.signal }));
    script.watch(script.pool.run('old, and good'));
    script.watch(script.pool.run('crashes'));
    await settle();
    for (const n of [1, 2, 3]) script.thread(n).begin();
    await script.thread(3).exit({ cause: 'crash' });
    await script.clock.advance(1_000);
    await script.thread(4).ready();
    const probe = script.watch(script.pool.run('probe'));
    await settle();
    script.thread(4).begin();
    controller.abort();
    await settle();
    const second = script.watch(script.pool.run('not a second probe'));
    script.thread(2).finish('fine');
    await script.thread(2).report();
    const third = script.watch(script.pool.run('nor is it open'));
    await settle();
    assert.deepEqual([second, third].map(codeOf), ['ERR_TASK_QUARANTINED', 'ERR_TASK_QUARANTINED']);
    script.thread(4).finish('probe');
    await script.thread(4).report();
    assert.deepEqual([probe.outcome, said.map(({ state }) => state)], ['probe', ['closed', 'probe', 'open']]);
  });

  it('is forgotten in time, and counted no longer than it is refused, whether or not one of its tasks comes again', async () => {
    const clock = new VirtualClock();
    const quarantine = new Quarantine({ key: undefined, after: 2, ttl: 1_000 }, clock, new Emitter());
    for (let n = 0; n < 20; n++) quarantine.settled(`closed ${n}`, n, 'crash', true);
    for (let n = 0; n < 20; n++) quarantine.settled(`closed ${n}`, n, 'crash', true);
    for (let n = 0; n < 20; n++) quarantine.settled(`once ${n}`, n, 'crash', true);
    assert.deepEqual([quarantine.size, quarantine.known], [20, 40]);
    await clock.advance(1_000);
    assert.equal(quarantine.size, 0, 'no alert goes on forever');
    quarantine.settled('once 0', 1, undefined, true);
    await clock.advance(1_001);
    quarantine.settled('another', 1, 'crash', true);
    assert.equal(quarantine.known, 1, 'nothing is kept of those that never came again');
  });
});
