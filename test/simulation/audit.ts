import type { Attempt } from '../../src/core/task.ts';
import type { Manager } from '../../src/manager.ts';
import type { SimExecutor } from './sim-executor.ts';
import type { Hold } from './sim-keep-alive.ts';
import type { Start } from './truth.ts';
import type { Witness } from './witness.ts';
import type { World } from './world.ts';

/** Parties whose books have to agree. */
export interface Books {
  readonly world: World;
  readonly witness: Witness;
  readonly executor: SimExecutor;
  readonly manager: Manager;
  readonly hold: Hold;
  /** Waits of p-retry. */
  waits(): number;
}

/** Looks through the whole state of the pool. Holds between any two events. */
export function audit(books: Books): void {
  const { world, manager } = books;
  const queued = auditBacklog(books);
  const held = auditThreads(books);
  let open = 0;
  let waiting = 0;
  for (const task of manager.ledger) {
    open++;
    const state = task.attempt?.state;
    if (state === 'queued') {
      if (!queued.has(task.attempt!)) world.fail(`task ${task.id} is queued, and stands in no queue`);
    } else if (state === 'sent') {
      if (!held.has(task.attempt!)) world.fail(`task ${task.id} was sent, and no thread has it`);
    } else {
      waiting++;
    }
  }
  books.witness.restarts.look(manager.life.state !== 'open');
  if (open !== manager.ledger.open) world.fail(`the ledger holds ${open} tasks and counts ${manager.ledger.open}`);
  if (waiting !== books.waits())
    world.fail(`${waiting} open tasks are neither queued nor running, and ${books.waits()} wait to be retried`);
  // A map buffers what has settled until its consumer comes.
  if (world.climate.maps > 0 ? open > books.witness.open : open !== books.witness.open)
    world.fail(`the pool has ${open} open tasks; its caller waits for ${books.witness.open}`);
  if (manager.life.state === 'open' && !books.witness.closeCalled && books.hold.holders !== (open > 0 ? 1 : 0))
    world.fail(`${books.hold.holders} keep the process alive; ${open} tasks are open`);
}

function auditBacklog({ world, manager }: Books): Set<Attempt> {
  const queued = new Set<Attempt>();
  for (const attempt of manager.routes.main.backlog) {
    if (queued.has(attempt)) {
      world.fail(`an attempt of task ${attempt.task.id} stands in the queue twice`);
      break;
    }
    queued.add(attempt);
    if (attempt.state !== 'queued') world.fail(`an attempt of task ${attempt.task.id} stands in the queue and is ${attempt.state}`);
    if (attempt.task.state !== 'open') world.fail(`task ${attempt.task.id} has settled and stands in the queue`);
  }
  if (queued.size !== manager.routes.main.backlog.size)
    world.fail(`${queued.size} attempts stand in the queue; it counts ${manager.routes.main.backlog.size}`);
  return queued;
}

function auditThreads({ world, manager, executor }: Books): Set<Attempt> {
  const held = new Set<Attempt>();
  const { roster } = manager.routes.main;
  let count = 0;
  for (const thread of roster.threads) {
    if (thread.phase !== 'orphan') count++;
    for (const bundle of thread.bundles) {
      for (let i = bundle.reported; i < bundle.size; i++) {
        const attempt = bundle.attempts[i]!;
        if (!thread.holds(attempt)) continue;
        if (held.has(attempt)) world.fail(`an attempt of task ${attempt.task.id} is on two threads`);
        held.add(attempt);
        if (attempt.task.state !== 'open')
          world.fail(`task ${attempt.task.id} has settled, and its attempt on thread ${thread.threadId} was not given up`);
      }
    }
  }
  const { threads, spares = 1, recycle } = world.climate.pool;
  const most = threads + spares + (recycle === undefined ? 0 : 1);
  if (count > most) world.fail(`the pool has ${count} threads; it may have ${most}`);
  let running = 0;
  for (const thread of executor.threads.values()) {
    if (!thread.wanted || thread.body.current === undefined) continue;
    running++;
    auditRun(world, thread.body.current);
  }
  if (running > threads) world.fail(`${running} threads run tasks; the pool has ${threads}`);
  roster.slots.forEach((thread, slot) => {
    if (thread !== undefined && thread.slot !== slot)
      world.fail(`thread ${thread.threadId} is in slot ${slot} and believes to be in ${thread.slot}`);
  });
  return held;
}

/** Nothing runs longer than it may, by more than what stopping takes. */
function auditRun(world: World, { task, at, lostBefore }: Start): void {
  const ran = world.timeline.now() - at - (world.lostTime - lostBefore);
  const most = task.limits.run + (world.climate.pool.abortGrace ?? 0) + world.timerSlack + 10 * world.climate.latency;
  if (ran > most) world.fail(`task ${task.uid} has run for ${ran} ms; its limit is ${task.limits.run} ms`);
}
