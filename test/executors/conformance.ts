import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, test } from 'node:test';
import type { Placement } from '../../src/core/attempt.ts';
import { TaskTally } from '../../src/core/counting/tally.ts';
import { Attempt, Task, type TaskSpec } from '../../src/core/task.ts';
import { Sealed } from '../../src/core/wire/sealed.ts';
import type { Executor, ExecutorThread, Exit } from '../../src/executors/executor.ts';

/** What a case sees of one thread. */
export interface Probe {
  readonly thread: ExecutorThread;
  /** Outcomes by `bundle:index`: `[ok, value or error]`. */
  readonly outcomes: Map<string, readonly [boolean, unknown]>;
  readonly lateErrors: { taskId: number; error: unknown }[];
  readonly progress: unknown[];
  readonly exit: Exit | undefined;
  readonly ready: boolean;
  /** Lets the process end. */
  release(): void;
  /** Resolves when the condition holds; it is looked at after every event of the thread. */
  until(condition: () => boolean): Promise<void>;
  send(bundle: number, items: readonly { name?: string; input?: unknown; seal?: boolean }[]): void;
}

export interface ConformanceSubject {
  readonly name: string;
  /** An executor for test/fixtures/executor-tasks.ts, or for the module at `filename`. */
  create(filename?: string): Executor;
  /** Cases that this kind of executor cannot have, with the reason. */
  readonly exempt?: Readonly<Record<string, string>>;
}

let nextTask = 1;

function specOf(name: string): TaskSpec {
  return {
    name,
    limits: { run: 30_000, queue: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY },
    retry: { retries: 0, minTimeout: 0, maxTimeout: 0, factor: 1, randomize: false, on: [], shouldRetry: undefined },
    idempotent: true,
    priority: 0,
    course: undefined as never,
    tally: new TaskTally(name),
  };
}

/** A task that nobody waits for. */
class Nobodys extends Task {
  fulfilled(): void {}
  rejected(): void {}
}

export function attemptAt(name: string, input: unknown, placement?: Placement): Attempt {
  return new Attempt(new Nobodys(nextTask++, specOf(name), input, 0, undefined), 0, false, placement);
}

export function probe(executor: Executor): Probe {
  const changed = new EventEmitter().setMaxListeners(0);
  const outcomes = new Map<string, readonly [boolean, unknown]>();
  const lateErrors: { taskId: number; error: unknown }[] = [];
  const progress: unknown[] = [];
  const state: { exit: Exit | undefined; ready: boolean } = { exit: undefined, ready: false };
  const tell = (): boolean => changed.emit('change');
  const thread = executor.start({
    ready: () => {
      state.ready = true;
      tell();
    },
    done: (bundle, from, values, times, failed) => {
      assert.equal(times.length, values.length + 1, 'a time for each end, and the first start');
      values.forEach((value, i) => {
        const failure = failed?.find(([offset]) => offset === i);
        const key = `${bundle}:${from + i}`;
        assert.ok(!outcomes.has(key), `${key} was reported twice`);
        if (failure?.[1] === 'sealed') outcomes.set(key, [true, new Sealed(failure[2], value as Uint8Array)]);
        else outcomes.set(key, failure === undefined ? [true, value] : [false, failure]);
      });
      tell();
    },
    progress: (_bundle, _index, value) => {
      progress.push(value);
      tell();
    },
    lateError: (taskId, _attempt, error) => {
      lateErrors.push({ taskId, error });
      tell();
    },
    unreadable: tell,
    accounted: tell,
    garbage: () => assert.fail('garbage'),
    exited: (exit) => {
      assert.equal(state.exit, undefined, 'a thread dies once');
      state.exit = exit;
      tell();
    },
  });
  // The real executors live on unreferenced handles; the test has to keep its process alive itself.
  const alive = setInterval(() => {}, 60_000);
  const release = (): void => clearInterval(alive);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await once(changed, 'change');
  };
  return {
    thread,
    outcomes,
    lateErrors,
    progress,
    release,
    get ready() {
      return state.ready;
    },
    get exit() {
      return state.exit;
    },
    until,
    send: (bundle, items) =>
      thread.send(
        bundle,
        items.map(({ name = 'default', input, seal }) => attemptAt(name, input, seal === undefined ? undefined : { seal })),
      ),
  };
}

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
    test(title, async () => {
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
