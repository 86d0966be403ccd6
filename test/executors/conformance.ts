import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Sealed } from '../../src/core/wire/sealed.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { drawn, further } from '../soak.ts';
import { type Probe, probe } from './probe.ts';

export interface ConformanceSubject {
  readonly name: string;
  /** An executor for test/fixtures/executor-tasks.ts, or for the module at `filename`. */
  create(filename?: string): Executor;
  /** Cases that this kind of executor cannot have, with the reason. */
  readonly exempt?: Readonly<Record<string, string>>;
  /** Its threads are cheap: `npm test` has every case. Of the others it draws from those in which the executors differ most. */
  readonly whole?: boolean;
}

const SOME: ReadonlySet<string> = new Set(
  drawn(3, [
    'results come back in order, bundle after bundle',
    'what is not claimed can be taken back, and never runs',
    'an uncaught error is the crash of the item that ran',
    'a teardown is known before the thread is ready, called when it is asked for, and answered',
    'an endless loop ends when the thread is terminated',
  ]),
);

/** The one suite that every executor passes. */
export function conformance(subject: ConformanceSubject): void {
  const ready = async (one: Probe): Promise<void> => {
    await one.until(() => one.ready || one.exit !== undefined);
    one.send(1_000, [{ input: 'warm' }]);
    await one.until(() => one.outcomes.has('1000:0') || one.exit !== undefined);
    one.outcomes.clear();
  };
  const stop = async (executor: Executor, one: Probe): Promise<void> => {
    one.thread.terminate();
    await one.until(() => one.exit !== undefined);
    await executor.close();
    one.release();
  };
  const story = (title: string, body: (one: Probe) => Promise<void>, filename?: string): void => {
    const reason = subject.exempt?.[title];
    if (reason !== undefined) return;
    (subject.whole === true || SOME.has(title) ? test : further)(title, async () => {
      const executor = subject.create(filename);
      const one = probe(executor);
      try {
        if (filename === undefined) await ready(one);
        await body(one);
      } finally {
        await stop(executor, one);
      }
    });
  };

  describe(`executor: ${subject.name}`, () => {
    story('results come back in order, bundle after bundle', async (one) => {
      one.send(1, [{ input: 'a' }, { input: undefined }, { input: null }]);
      one.send(2, [{ input: { deep: [1n, new Date(0)] } }]);
      await one.until(() => one.outcomes.size === 4);
      assert.deepEqual(
        [...one.outcomes],
        [
          ['1:0', [true, 'a']],
          ['1:1', [true, undefined]],
          ['1:2', [true, null]],
          ['2:0', [true, { deep: [1n, new Date(0)] }]],
        ],
      );
    });

    story('a thrown error ends one item, not its neighbours', async (one) => {
      one.send(1, [{ input: 1 }, { name: 'fail', input: 'why' }, { input: 3 }]);
      await one.until(() => one.outcomes.size === 3);
      assert.deepEqual(one.outcomes.get('1:0'), [true, 1]);
      assert.equal(one.outcomes.get('1:1')![0], false);
      assert.deepEqual(one.outcomes.get('1:2'), [true, 3]);
    });

    story('an input that cannot be cloned throws on sending, and nothing was sent', async (one) => {
      assert.throws(() => one.send(1, [{ input: 1 }, { input: () => {} }]));
      one.send(2, [{ input: 2 }]);
      await one.until(() => one.outcomes.has('2:0'));
      assert.deepEqual([...one.outcomes.keys()], ['2:0']);
    });

    story('a result that cannot be cloned is a failure of its item', async (one) => {
      one.send(1, [{ name: 'uncloneable' }, { input: 'after' }]);
      await one.until(() => one.outcomes.size === 2);
      const [, failure] = one.outcomes.get('1:0')! as [boolean, readonly unknown[]];
      assert.equal(failure[1], 'clone-result');
      assert.deepEqual(one.outcomes.get('1:1'), [true, 'after']);
    });

    story('a large result comes sealed, if that was asked for', async (one) => {
      const large = { text: 'large '.repeat(20_000), numbers: new Float64Array(10) };
      one.send(1, [{ input: large }, { input: 'small', seal: true }, { input: large, seal: true }, { input: 'after' }]);
      await one.until(() => one.outcomes.size === 4);
      assert.deepEqual(one.outcomes.get('1:0'), [true, large]);
      assert.deepEqual(one.outcomes.get('1:1'), [true, 'small']);
      assert.deepEqual(one.outcomes.get('1:3'), [true, 'after']);
      const [, sealed] = one.outcomes.get('1:2')!;
      assert.ok(sealed instanceof Sealed);
      assert.deepEqual(sealed.open(), { value: large, intact: true });
    });

    story('what is not claimed can be taken back, and never runs', async (one) => {
      one.send(1, [{ name: 'wait', input: 'first' }, { input: 'second' }]);
      await one.until(() => one.progress.length === 1);
      const claimed = await new Promise<number>((resolve) => one.thread.revoke(1, resolve));
      assert.equal(claimed, 1);
      one.thread.abort(1, 0);
      await one.until(() => one.outcomes.has('1:0'));
      one.send(2, [{ input: 'third' }]);
      await one.until(() => one.outcomes.has('2:0'));
      assert.deepEqual([...one.outcomes.keys()], ['1:0', '2:0']);
    });

    story('the item that runs is known, and since when', async (one) => {
      one.send(1, [{ input: 1 }, { name: 'wait' }, { input: 3 }]);
      await one.until(() => one.progress.length === 1);
      assert.deepEqual({ ...one.thread.standing(1) }, { claimed: 2, finished: 1 });
      assert.ok(one.thread.itemStartedAt > 0);
      one.thread.abort(1, 1);
      await one.until(() => one.outcomes.size === 3);
    });

    story('an uncaught error is the crash of the item that ran', async (one) => {
      one.send(1, [{ input: 1 }, { name: 'crash', input: 'bang' }, { input: 3 }]);
      await one.until(() => one.exit !== undefined);
      assert.deepEqual(one.exit!.blame, { of: 'item', bundle: 1, index: 1 });
      assert.equal(one.exit!.cause, 'crash');
      assert.equal((one.exit!.error as Error).message, 'bang');
      assert.deepEqual([...one.outcomes.keys()], ['1:0'], 'what had ended was reported before the death');
      assert.deepEqual({ ...one.thread.standing(1) }, { claimed: 2, finished: 1 });
    });

    story('process.exit is charged to the item that called it', async (one) => {
      one.send(1, [{ name: 'exit', input: 7 }]);
      await one.until(() => one.exit !== undefined);
      assert.equal(one.exit!.cause, 'exit');
      assert.equal(one.exit!.exitCode, 7);
      assert.deepEqual(one.exit!.blame, { of: 'item', bundle: 1, index: 0 });
    });

    story('an error of a settled task is a late error, and the running one goes on', async (one) => {
      one.send(1, [{ name: 'late', input: 'left behind' }]);
      one.send(2, [{ name: 'slow', input: 'unharmed' }]);
      await one.until(() => one.lateErrors.length === 1 && one.outcomes.size === 2);
      assert.equal((one.lateErrors[0]!.error as Error).message, 'left behind');
      assert.ok(one.lateErrors[0]!.taskId > 0);
      assert.deepEqual(one.outcomes.get('2:0'), [true, 'unharmed']);
    });

    story('what a task posts on its parentPort is told', async (one) => {
      one.send(1, [{ name: 'post', input: { deep: [1n] } }]);
      await one.until(() => one.messages.length === 1 && one.outcomes.size === 1);
      assert.deepEqual(one.messages, [{ deep: [1n] }]);
    });

    story('a teardown is known before the thread is ready, called when it is asked for, and answered', async (one) => {
      assert.equal(one.teardown, 'wanted');
      one.thread.tearDown();
      await one.until(() => typeof one.teardown === 'object');
      assert.deepEqual(one.teardown, { error: undefined });
      one.thread.terminate();
      await one.until(() => one.exit !== undefined);
      assert.deepEqual(one.messages, ['torn down']);
    });

    story('an endless loop ends when the thread is terminated', async (one) => {
      one.send(1, [{ name: 'spin' }]);
      await one.until(() => one.progress.length === 1);
      one.thread.terminate();
      await one.until(() => one.exit !== undefined);
      assert.deepEqual({ ...one.thread.standing(1) }, { claimed: 1, finished: 0 });
    });

    story(
      'a module that throws on import fails the start, with its own error',
      async (one) => {
        await one.until(() => one.exit !== undefined);
        assert.equal(one.exit!.cause, 'startup');
        assert.equal((one.exit!.error as Error).message, 'this module does not load');
      },
      'broken',
    );
  });
}
