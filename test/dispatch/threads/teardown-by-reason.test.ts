import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ThreadExitReason } from '../../../src/core/failure.ts';
import { settle } from '../../../src/faults/virtual-clock.ts';
import type { PoolOptions } from '../../../src/options/types.ts';
import { Script } from '../../simulation/world/scripted.ts';
import type { ScriptedThread } from '../../simulation/world/scripted-thread.ts';
import { lendTime } from '../../stories/borrowed-time.ts';

interface Ending {
  readonly teardown: 'once' | 'never';
  readonly options?: Partial<PoolOptions>;
  /** Has the first thread, which is ready unless it never was, end for this reason. */
  readonly bring: (script: Script, thread: ScriptedThread) => unknown;
}

const runs = async (script: Script, thread: ScriptedThread): Promise<void> => {
  script.watch(script.pool.run('it'));
  await settle();
  assert.equal(thread.begin()?.input, 'it');
};
const dies = (exit: Parameters<ScriptedThread['exit']>[0]): Ending => ({
  teardown: 'never',
  bring: async (script, thread) => {
    await runs(script, thread);
    await thread.exit(exit);
  },
});
const works = async (script: Script, thread: ScriptedThread): Promise<void> => {
  script.watch(script.pool.run('it'));
  await settle();
  await thread.work();
};

/** Another thread stands ready, for which the first one makes room. */
const succeeded = async (script: Script): Promise<void> => {
  await script.clock.advance(10);
  script.thread(2).events.tearsDown();
  await script.thread(2).ready();
};

/** By the reason that the end of the thread is told with; a second way to the same stands behind a colon. */
const ENDINGS: Readonly<Record<ThreadExitReason | `${ThreadExitReason}: ${string}`, Ending>> = {
  closed: { teardown: 'once', bring: ({ pool }) => void pool.close() },
  'closed: by force': { teardown: 'never', bring: ({ pool }) => void pool.close({ force: true }) },
  recycled: { teardown: 'once', options: { recycle: { tasks: 1 } }, bring: works },
  'recycled: by hand': {
    teardown: 'once',
    bring: async (script) => {
      void script.pool.recycle();
      await succeeded(script);
    },
  },
  'recycled: its heap is large': {
    teardown: 'once',
    options: { recycle: { heapMb: 100 } },
    bring: async (script, thread) => {
      thread.memory = 200 * 1_048_576;
      await works(script, thread);
      await succeeded(script);
    },
  },
  idle: {
    teardown: 'once',
    options: { threads: { min: 0, max: 1 }, idleTimeout: 10 },
    bring: async (script, thread) => {
      await works(script, thread);
      await script.clock.advance(100);
    },
  },
  outvoted: {
    teardown: 'once',
    options: { threads: 3, redundancy: 3 },
    bring: async (script, thread) => {
      const { threads } = script;
      script.watch(script.pool.run('it'));
      await settle();
      for (const one of threads.slice(0, 3)) {
        one.begin();
        one.finish(one === thread ? 'wrong' : 'right');
        await one.report();
      }
    },
  },
  node: { teardown: 'once', bring: (_, thread) => thread.events.leaving?.() },
  crash: dies({ cause: 'crash', error: new Error('thrown') }),
  exit: dies({ cause: 'exit' }),
  oom: dies({ cause: 'oom' }),
  startup: { teardown: 'never', bring: (_, thread) => thread.exit({ cause: 'startup', error: new Error('it does not load') }) },
  timeout: {
    teardown: 'never',
    options: { timeout: { run: 100 }, abortGrace: 10 },
    bring: async (script, thread) => {
      await runs(script, thread);
      await script.clock.advance(500);
    },
  },
  aborted: {
    teardown: 'never',
    options: { abortGrace: 10 },
    bring: async (script, thread) => {
      const caller = new AbortController();
      script.watch(script.pool.run('it', { signal: caller.signal }));
      await settle();
      thread.begin();
      caller.abort();
      await script.clock.advance(500);
    },
  },
  unresponsive: {
    teardown: 'never',
    options: { timeout: { run: 100 } },
    bring: async (script) => {
      script.watch(script.pool.run('it'));
      await script.clock.advance(100_000);
    },
  },
  lateError: {
    teardown: 'never',
    bring: async (script, thread) => {
      await works(script, thread);
      thread.events.lateError(thread.attempts[0]!.task.id, 1, new Error('left behind'));
      await settle();
    },
  },
  reclaimed: {
    teardown: 'never',
    options: { threads: 2, hedge: { after: 50, budget: 1 }, abortGrace: 10 },
    bring: async (script, thread) => {
      // What copies may cost is earned.
      script.watch(script.pool.run('long', { hedge: { after: 60_000, budget: 1 } }));
      await settle();
      thread.begin();
      await script.clock.advance(1_000);
      thread.finish();
      await thread.report();
      const won = script.watch(script.pool.run('it'));
      await settle();
      const [stuck, other] = script.threads as [ScriptedThread, ScriptedThread];
      assert.equal(stuck, thread);
      stuck.begin();
      await script.clock.advance(100);
      await other.work();
      assert.equal(won.outcome, 'it');
      for (let n = 0; n < 4; n++) script.watch(script.pool.run(n, { hedge: false }));
      await settle();
      other.begin(); // And is busy with it.
      await script.clock.advance(1_000);
    },
  },
  orphan: {
    teardown: 'never',
    options: { timeout: { run: 100 }, abortGrace: 10, terminateTimeout: 100 },
    bring: async (script, thread) => {
      await runs(script, thread);
      await script.clock.advance(10_000); // It does not end, and is given up: for the reason for which it was to end.
    },
  },
};

describe('the teardown of a thread that ends, by the reason', () => {
  for (const [name, { teardown, options, bring }] of Object.entries(ENDINGS)) {
    const [reason] = name.split(':') as [ThreadExitReason];
    it(`${name}: ${teardown}`, async (t) => {
      const script = new Script(t, { threads: 1, spares: 0, retry: false, idempotent: true, terminateTimeout: 60_000, ...options });
      lendTime(t, script);
      const told: ThreadExitReason[] = [];
      script.pool.on('workerExit', (event) => event.threadId === 1 && told.push(event.reason));
      let first: Promise<unknown> | undefined;
      if (script.threads.length === 0) first = script.pool.run('it comes with this').catch(() => {});
      await settle();
      const asked = new Map<ScriptedThread, number>();
      for (const thread of script.threads) {
        const tearDown = thread.tearDown.bind(thread);
        thread.tearDown = () => {
          asked.set(thread, (asked.get(thread) ?? 0) + 1);
          tearDown();
        };
        thread.events.tearsDown();
        if (reason !== 'startup') await thread.ready();
      }
      const thread = script.thread(1);
      if (first !== undefined) await thread.work();
      await bring(script, thread);
      await settle();
      // It is asked no second time, whatever else comes.
      void script.pool.recycle();
      await settle();
      if (asked.has(thread)) {
        assert.equal(thread.terminated, false, 'it is given time');
        thread.events.tornDown(undefined);
        await settle();
      }
      if (told.length === 0) await thread.exit();
      assert.deepEqual(told, [reason === 'orphan' ? 'timeout' : reason]);
      assert.equal(asked.get(thread) ?? 0, teardown === 'once' ? 1 : 0);
    });
  }
});
