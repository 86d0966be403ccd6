import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
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
  /** What was posted on `parentPort`. */
  readonly messages: unknown[];
  readonly teardown: 'none' | 'wanted' | { readonly error: unknown };
  readonly exit: Exit | undefined;
  readonly ready: boolean;
  /** Lets the process end. */
  release(): void;
  /** Resolves when the condition holds; it is looked at after every event of the thread. */
  until(condition: () => boolean): Promise<void>;
  send(bundle: number, items: readonly { name?: string; input?: unknown; seal?: boolean }[]): void;
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

/** A task without a caller. */
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
  const messages: unknown[] = [];
  const state: { exit: Exit | undefined; ready: boolean; teardown: Probe['teardown'] } = {
    exit: undefined,
    ready: false,
    teardown: 'none',
  };
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
    tearsDown: () => {
      state.teardown = 'wanted';
      tell();
    },
    tornDown: (error) => {
      state.teardown = { error };
      tell();
    },
    message: (value) => {
      messages.push(value);
      tell();
    },
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
    messages,
    get teardown() {
      return state.teardown;
    },
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
