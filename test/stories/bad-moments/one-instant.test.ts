import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { settle } from '../../../src/faults/virtual-clock.ts';
import type { CloseReport } from '../../../src/index.ts';
import { Script } from '../../simulation/world/scripted.ts';
import type { ScriptedThread } from '../../simulation/world/scripted-thread.ts';
import { first } from '../../soak.ts';
import { lendTime } from '../borrowed-time.ts';
import { codeOf } from '../outcomes.ts';

/*
 * Four things befall a pool of one thread with a full queue in one instant, while the main loop does not turn: its task crashes, its spare
 * dies, a time limit of the task passes, and the pool is closed. In every order, gently and by force, with and without retries.
 */

const HAPPENINGS = ['crash', 'spare dies', 'time passes', 'close'] as const;
type Happening = (typeof HAPPENINGS)[number];

function* orders<T>(things: readonly T[]): Generator<T[]> {
  if (things.length === 0) yield [];
  for (const [i, first] of things.entries()) for (const rest of orders(things.toSpliced(i, 1))) yield [first, ...rest];
}

interface Variant {
  readonly order: readonly Happening[];
  readonly force: boolean;
  readonly retry: number;
  /** Starts that fail before one succeeds. */
  readonly failedStarts: number;
}

const WAITING = ['a', 'b', 'c'];

async function play(t: TestContext, { order, force, retry, failedStarts }: Variant): Promise<void> {
  const options = { retry: { retries: retry, minTimeout: 0 }, timeout: { run: 100 }, restart: { minTimeout: 1 } };
  const script = new Script(t, { threads: 1, spares: 1, maxQueue: WAITING.length, ...options });
  lendTime(t, script);
  const [worker, spare] = [script.thread(1), script.thread(2)];
  for (const thread of [worker, spare]) await thread.ready();
  const runs = [script.watch(script.pool.run('runs'))];
  await settle();
  worker.begin();
  for (const name of WAITING) runs.push(script.watch(script.pool.run(name)));
  const refused = script.watch(script.pool.run('refused'));
  await settle();

  const gone = new Set<ScriptedThread>();
  const die = (thread: ScriptedThread, cause: 'crash' | 'exit' | 'startup'): Promise<void> => {
    gone.add(thread);
    return thread.exit({ cause, error: new Error('on purpose') });
  };
  let report: CloseReport | undefined;
  let settledBefore = 0;
  const happen: Record<Happening, () => void> = {
    crash: () => void die(worker, 'crash'),
    'spare dies': () => void die(spare, 'exit'),
    'time passes': () => {
      while (script.clock.step(101));
    },
    close: () => {
      const { fulfilled, rejected } = script.pool.stats();
      settledBefore = fulfilled + rejected;
      void script.pool.close({ force }).then((given) => {
        report = given;
      });
    },
  };
  for (const happening of order) happen[happening]();
  await settle();

  let toFail = failedStarts;
  const begun: unknown[] = [];
  for (let steps = 0; report === undefined; steps++) {
    assert.ok(steps < 200, 'the pool has closed by now');
    for (const thread of script.threads) {
      if (gone.has(thread)) continue;
      if (thread.terminated) await die(thread, 'exit');
      else if (thread !== worker && thread !== spare && toFail > 0) {
        toFail--;
        await die(thread, 'startup');
      } else {
        await thread.ready();
        begun.push(...(await thread.work()));
      }
    }
    await script.clock.advance(1);
  }

  assert.equal(codeOf(refused), 'ERR_QUEUE_FULL');
  const crashed = order.indexOf('crash') < order.indexOf('time passes') ? 'ERR_WORKER_CRASHED' : 'ERR_TASK_TIMEOUT';
  const closed = runs.map(() => 'ERR_POOL_CLOSED');
  const codes = runs.map((run) => codeOf(run) ?? (run.outcome as string));
  const fate = retry === 0 ? crashed : 'runs';
  const knewFate = order.indexOf('close') > Math.min(order.indexOf('crash'), order.indexOf('time passes'));
  if (!force) assert.deepEqual(codes, [fate, ...WAITING]);
  else if (knewFate && retry === 0) assert.deepEqual(codes, [crashed, ...closed.slice(1)]);
  else assert.deepEqual(codes, closed);
  assert.equal(new Set(begun).size, begun.length, 'nobody runs twice');
  assert.equal(begun.includes('refused'), false);

  const dropped = codes.filter((code) => code === 'ERR_POOL_CLOSED').length;
  const killed = force && order.indexOf('close') < order.indexOf('crash') ? 1 : 0;
  assert.deepEqual(report, { completed: runs.length - settledBefore - dropped, dropped, killed });
  const { accepted, fulfilled, rejected, open, queued, running, health } = script.pool.stats();
  assert.deepEqual([accepted, fulfilled + rejected, open, queued, running, health], [runs.length, runs.length, 0, 0, 0, 'closed']);
  assert.equal(gone.size, script.threads.length, 'every thread has been seen to end');
  assert.deepEqual([script.clock.pending, script.holders], [0, 0], 'no timer is left, and the process may go');
}

for (const force of [false, true]) {
  for (const retry of [0, 2]) {
    for (const failedStarts of first(1, force ? [2, 0] : [0, 2])) {
      const how = `${force ? 'by force' : 'gently'}, ${retry} retries, ${failedStarts} failed starts`;
      test(`in every order: a crash, the death of the spare, a time limit, and close, ${how}`, async (t) => {
        for (const order of orders(HAPPENINGS)) {
          await t.test(order.join(', '), (one) => play(one, { order, force, retry, failedStarts }));
        }
      });
    }
  }
}
