import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CopyGroup } from '../../../src/core/copy-group.ts';
import { Attempt, Task, type TaskSpec } from '../../../src/core/task.ts';
import { Backlog } from '../../../src/dispatch/queue/backlog.ts';
import { RecoveryBudget } from '../../../src/dispatch/queue/budget.ts';
import { PASSES_BY_AGE, PASSES_IN_ORDER } from '../../../src/dispatch/queue/turns.ts';
import { PoolThread } from '../../../src/dispatch/threads/pool-thread.ts';

const spec = (priority = 0): TaskSpec => ({ priority, idempotent: true }) as TaskSpec;
let ids = 0;

/** A task without a caller. */
class Nobodys extends Task {
  fulfilled(): void {}
  rejected(): void {}
}

const task = (priority = 0): Task => new Nobodys(ids++, spec(priority), undefined, 0, undefined);
const thread = (key: number): PoolThread => new PoolThread(key, 'first', 0);
/** With as many threads as keep every task from being passed too often, unless a test wants that. */
const backlog = (threads = 1000): Backlog => new Backlog(new RecoveryBudget(0.4), threads);

function copies(count: number, priority = 0): Attempt[] {
  const kin = new CopyGroup();
  const owner = task(priority);
  return Array.from({ length: count }, (_, replica) => new Attempt(owner, replica, false, { kin }));
}

test('a thread gets one copy of each task, in turn, and another thread the next', () => {
  const queue = backlog();
  const tasks = [copies(3), copies(3), copies(3)];
  for (const attempt of tasks.flat()) queue.push(attempt);
  const [a, b, c] = [thread(1), thread(2), thread(3)];
  assert.deepEqual(
    queue.take(64, a),
    tasks.map(([first]) => first),
  );
  assert.deepEqual(queue.take(64, a), [], 'nothing is left for the same thread');
  assert.deepEqual(queue.take(2, b), [tasks[0]![1], tasks[1]![1]]);
  assert.deepEqual(
    queue.take(64, c),
    tasks.map((attempts, i) => attempts[i < 2 ? 2 : 1]),
  );
  assert.deepEqual(queue.take(64, b), [tasks[2]![2]]);
  assert.equal(queue.size, 0);
});

test('a copy that was given back frees its thread, and is next again', () => {
  const queue = backlog();
  const [first, second] = copies(2) as [Attempt, Attempt];
  const [plain] = [new Attempt(task(), 0, false)];
  for (const attempt of [first, second, plain]) queue.push(attempt);
  const a = thread(1);
  assert.deepEqual(queue.take(1, a), [first]);
  queue.unshift(first);
  assert.deepEqual(queue.take(64, a), [first, plain]);
  assert.deepEqual(queue.take(64, thread(2)), [second]);
});

test('copies of one task that wait count as one task, and not at all once one of them was handed out', () => {
  const queue = backlog();
  const [one, two] = [copies(3), copies(3)];
  for (const attempt of [...one, ...two]) queue.push(attempt);
  assert.equal(queue.size, 6);
  assert.equal(queue.tasks, 2);
  const [first] = queue.take(1, thread(1));
  assert.equal(first, one[0]);
  assert.equal(queue.tasks, 1);
  queue.remove(two[1]!);
  queue.remove(two[2]!);
  assert.equal(queue.tasks, 1);
  first!.send(thread(1), 1, 0);
  queue.unshift(first!);
  assert.equal(queue.tasks, 2, 'it was handed out in vain');
  queue.remove(two[0]!);
  assert.equal(queue.tasks, 1);
});

test('nothing is lost, nothing doubled, no thread sees one task twice, and each thread is served in turn', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('push' as const), copies: fc.integer({ min: 1, max: 4 }), priority: fc.integer({ min: -1, max: 1 }) }),
    fc.record({ do: fc.constant('take' as const), thread: fc.integer({ min: 1, max: 4 }), max: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ do: fc.constant('back' as const), pick: fc.nat() }),
    fc.record({ do: fc.constant('fail' as const), pick: fc.nat() }),
    fc.record({ do: fc.constant('remove' as const), pick: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const queue = backlog();
      const threads = [1, 2, 3, 4].map(thread);
      const waiting = new Set<Attempt>();
      const sent: Attempt[] = [];
      const ranOn = new Map<Task, number[]>();
      for (const one of steps) {
        if (one.do === 'push') {
          const added = one.copies === 1 ? [new Attempt(task(one.priority), 0, false)] : copies(one.copies, one.priority);
          for (const attempt of added) {
            queue.push(attempt);
            waiting.add(attempt);
          }
        } else if (one.do === 'take') {
          const taker = threads[one.thread - 1]!;
          const allowed = [...waiting].filter(({ task }) => !ranOn.get(task)?.includes(taker.key));
          const taken = queue.take(one.max, taker);
          const expected = inTurn(allowed, one.max);
          assert.deepEqual(
            taken.map(({ task: { id } }) => id),
            expected.map(({ task: { id } }) => id),
          );
          for (const attempt of taken) {
            assert.ok(waiting.delete(attempt));
            attempt.send(taker, 1, 0);
            sent.push(attempt);
            if (attempt.placement?.kin !== undefined) ranOn.set(attempt.task, [...(ranOn.get(attempt.task) ?? []), taker.key]);
          }
        } else if (one.do === 'remove') {
          const attempt = [...waiting][one.pick % Math.max(1, waiting.size)];
          if (attempt === undefined) continue;
          queue.remove(attempt);
          waiting.delete(attempt);
        } else {
          const [attempt] = sent.splice(one.pick % Math.max(1, sent.length), 1);
          if (attempt === undefined) continue;
          ranOn.set(
            attempt.task,
            (ranOn.get(attempt.task) ?? []).filter((key) => key !== attempt.threadKey),
          );
          if (one.do === 'fail') queue.release(attempt);
          else {
            queue.unshift(attempt);
            waiting.add(attempt);
          }
        }
        assert.equal(queue.size, waiting.size);
        assert.deepEqual(new Set(queue), waiting);
        const begun = (task: Task): boolean => (ranOn.get(task) ?? []).length > 0;
        assert.equal(queue.tasks, new Set([...waiting].map(({ task }) => task).filter((task) => !begun(task))).size);
      }
    }),
    { numRuns: 300 },
  );
});

/** What a thread should be given: one attempt of each task that it may run, by priority and then by turn. */
function inTurn(allowed: readonly Attempt[], max: number): Attempt[] {
  const sorted = allowed.toSorted((a, b) => b.task.spec.priority - a.task.spec.priority || a.turn - b.turn);
  const seen = new Set<Task>();
  return sorted.filter(({ task }) => !seen.has(task) && seen.add(task)).slice(0, max);
}

test('a thread that has run ahead of the others passes over what it may not have in no time', () => {
  const queue = backlog();
  for (let i = 0; i < 3_000; i++) for (const attempt of copies(3)) queue.push(attempt);
  const [a, b] = [thread(1), thread(2)];
  for (let i = 0; i < 3_000; i++) queue.take(1, a);
  assert.equal(queue.size, 6_000);
  assert.equal(queue.take(64, a).length, 0);
  const fresh = new Attempt(task(), 0, false);
  queue.push(fresh);
  assert.deepEqual(queue.take(1, a), [fresh]);
  assert.equal(queue.take(64, b).length, 64);
  assert.equal(queue.heads().length, 2, 'all that wait are in two groups');
});

test('who has waited longest is passed by a bounded number of bundles, whatever order, budget and wishes say', () => {
  const arrival = fc.record({ priority: fc.integer({ min: -3, max: 3 }), recovery: fc.boolean(), copies: fc.integer({ min: 1, max: 3 }) });
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 150, maxLength: 400 }), fc.integer({ min: 1, max: 2 }), (arrivals, count) => {
      const queue = backlog(count);
      const threads = Array.from({ length: count + 2 }, (_, i) => thread(i));
      const waiting: Attempt[] = [];
      const passes = new Map<Attempt, number>();
      arrivals.forEach(({ priority, recovery, copies: number }, n) => {
        const owner = task(priority);
        const kin = number > 1 ? { kin: new CopyGroup() } : undefined;
        for (let replica = 0; replica < number; replica++) {
          const attempt = new Attempt(owner, replica, recovery, kin);
          queue.push(attempt);
          waiting.push(attempt);
        }
        const [oldest] = waiting;
        const taker = threads[n % threads.length]!;
        const taken = queue.take(1, taker);
        for (const one of taken) waiting.splice(waiting.indexOf(one), 1);
        if (taken.length === 0 || oldest === undefined || taken.includes(oldest)) return;
        const passed = (passes.get(oldest) ?? 0) + 1;
        passes.set(oldest, passed);
        // Others of its kind may be due before it: the one that is next in order, and one that was watched before it became the oldest.
        assert.ok(passed <= 2 * (PASSES_BY_AGE + PASSES_IN_ORDER) * count + threads.length, `passed ${passed} times`);
      });
    }),
    { numRuns: 100 },
  );
});

test('each of forty thousand priorities costs no more than its place in a heap', () => {
  const queue = backlog();
  const all = Array.from({ length: 40_000 }, (_, n) => new Attempt(task((n * 7919) % 40_009), 0, false));
  for (const attempt of all) queue.push(attempt);
  for (const attempt of all.filter((_, n) => n % 4 === 0)) queue.remove(attempt);
  const taken: number[] = [];
  for (const a = thread(1); queue.size > 0; ) for (const attempt of queue.take(64, a)) taken.push(attempt.task.spec.priority);
  assert.equal(taken.length, 30_000);
  // With this many threads hardly any task is passed too often.
  const inOrder = taken.filter((priority, i) => i === 0 || priority <= taken[i - 1]!).length;
  assert.ok(inOrder >= 0.99 * taken.length, `${inOrder} in order`);
});
