import type { Attempt, Task } from '../../../../src/core/task.ts';
import type { Dispatcher } from '../../../../src/dispatch/dispatcher.ts';
import { Vote } from '../../../../src/policies/redundancy/vote.ts';
import type { Home } from '../../world/home.ts';
import type { World } from '../../world/world.ts';
import type { TaskTruth } from '../truth.ts';
import { checkAttempts } from './attempts-check.ts';
import type { Books } from './books.ts';

/** After every event: sums that have to agree, at a cost that does not grow with the number of tasks. */
export function glance(books: Books): void {
  const { world, pool, witness, hold } = books;
  const { open } = pool.ledger;
  checkAttempts(books);
  if (open !== witness.settlements.open) world.fail(`the pool has ${open} open tasks; its callers wait for ${witness.settlements.open}`);
  let held = 0;
  let slots = 0;
  for (const { backlog, roster } of pool.routes.all) {
    held += backlog.size;
    slots += roster.slots.length;
    for (const thread of roster.slots) {
      if (thread === undefined) continue;
      for (const bundle of thread.bundles) held += bundle.size - bundle.reported;
    }
  }
  // Attempts that were given up may be among those on threads, so there may be more; copies as well.
  const accounted = held + books.waits();
  // Fewer only if stopping threads hold the rest.
  if (accounted < open) audit(books);
  // Two limits a task, what watches over a thread and its planned successor, and the few of the pool itself.
  const { pendingTimers } = world.timeline;
  const most = 2 * open + books.waits() + 8 * (witness.threads.size + slots) + 20;
  if (pendingTimers > most) world.fail(`${pendingTimers} timers are set; ${open} tasks are open`);
  witness.restarts.look(pool.life.state !== 'open');
  if (pool.life.state === 'open' && !witness.settlements.closeCalled && hold.holders !== (open > 0 ? 1 : 0))
    world.fail(`${hold.holders} keep the process alive; ${open} tasks are open`);
}

/** Looks through the whole state of the pool. Holds between any two events. */
export function audit(books: Books): void {
  const { world, pool } = books;
  const queued = new Set<Attempt>();
  const held = new Set<Attempt>();
  pool.routes.all.forEach((dispatcher, i) => {
    auditBacklog(world, dispatcher, queued);
    auditThreads(world, dispatcher, books.executors[i]!.home, held);
  });
  let open = 0;
  let waiting = 0;
  for (const task of pool.ledger) {
    open++;
    for (const attempt of attemptsOf(task)) {
      if (attempt.state === 'queued') {
        if (!queued.delete(attempt)) world.fail(`an attempt of task ${task.id} is queued, and stands in no queue`);
      } else if (attempt.state === 'sent') {
        if (!held.delete(attempt)) world.fail(`an attempt of task ${task.id} was sent, and no thread has it`);
      } else {
        waiting++;
      }
    }
  }
  if (open !== pool.ledger.open) world.fail(`the ledger holds ${open} tasks and counts ${pool.ledger.open}`);
  if (waiting !== books.waits()) world.fail(`${waiting} attempts are neither queued nor running, and ${books.waits()} wait to be retried`);
  auditStrays(books, [...queued, ...held]);
  books.witness.lookAtRunning();
}

/** The attempts that a task is at: one, or one of each copy that has not failed for good. */
function attemptsOf(task: Task): Attempt[] {
  if ((task.input as TaskTruth).rules.vote === undefined) return [task.attempt!];
  const vote = task.extras?.course;
  const copies = vote instanceof Vote ? vote.copies : [];
  return copies.filter(({ state }) => state === 'out').map(({ attempt }) => attempt);
}

/** What waits or runs beside those are the copies of hedged tasks, one each. */
function auditStrays({ world }: Books, attempts: readonly Attempt[]): void {
  const tasks = new Set<Task>();
  for (const attempt of attempts) {
    const { task } = attempt;
    const truth = task.input as TaskTruth | undefined;
    if (truth?.rules.hedge === undefined || attempt.replica === 0 || tasks.has(task))
      world.fail(`an attempt of task ${task.id} is ${attempt.state}, and its task does not know of it`);
    tasks.add(task);
  }
}

function auditBacklog(world: World, { backlog }: Dispatcher, queued: Set<Attempt>): void {
  const before = queued.size;
  for (const attempt of backlog) {
    if (queued.has(attempt)) {
      world.fail(`an attempt of task ${attempt.task.id} stands in the queue twice`);
      break;
    }
    queued.add(attempt);
    if (attempt.state !== 'queued') world.fail(`an attempt of task ${attempt.task.id} stands in the queue and is ${attempt.state}`);
    if (attempt.task.state !== 'open') world.fail(`task ${attempt.task.id} has settled and stands in the queue`);
  }
  if (queued.size - before !== backlog.size) world.fail(`${queued.size - before} attempts stand in the queue; it counts ${backlog.size}`);
}

function auditThreads(world: World, { roster }: Dispatcher, { threads }: Home, held: Set<Attempt>): void {
  let count = 0;
  let leaving = 0;
  for (const thread of roster.threads) {
    if (thread.phase === 'stopping' && ['asked', 'over'].includes(thread.teardown.is)) leaving++;
    if (thread.phase !== 'orphan') count++;
    for (const bundle of thread.bundles) {
      for (let i = bundle.reported; i < bundle.size; i++) {
        const attempt = bundle.attempts[i]!;
        if (!thread.holds(attempt, bundle)) continue;
        if (held.has(attempt)) world.fail(`an attempt of task ${attempt.task.id} is on two threads`);
        held.add(attempt);
        if (attempt.task.state !== 'open')
          world.fail(`task ${attempt.task.id} has settled, and its attempt on thread ${thread.threadId} was not given up`);
      }
    }
  }
  const { spares = 1, recycle } = world.climate.pool;
  const most = threads + spares + (recycle === undefined ? 0 : 1) + Math.min(threads, leaving);
  if (count > most) world.fail(`the pool has ${count} threads; it may have ${most}`);
  roster.slots.forEach((thread, slot) => {
    if (thread !== undefined && thread.slot !== slot)
      world.fail(`thread ${thread.threadId} is in slot ${slot} and believes to be in ${thread.slot}`);
  });
}
