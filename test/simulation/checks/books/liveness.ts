import type { Dispatcher } from '../../../../src/dispatch/dispatcher.ts';
import { healthOf, statsOf } from '../../../../src/pool/view/stats.ts';
import type { Climate } from '../../world/climate.ts';
import { type Rules, rulesOf } from '../rules.ts';
import type { Books } from './books.ts';

/**
 * Milliseconds after the last fault until every task has settled, and after that until the pool is whole. The time that one
 * task may need for all its attempts, the time that a thread may need to be given up and to be replaced, and the work that is
 * left, three times over.
 */
export function livenessBound(climate: Climate, open: number): number {
  const { pool, runs } = climate;
  const copies = Math.max(...runs.map((options) => copiesOf(rulesOf(options, climate))));
  const longest = climate.duration * (1 + climate.scatter) * 300;
  const limits = [pool.timeout, ...runs.map((options) => options?.timeout)].map((given) =>
    typeof given === 'number' ? given : given?.run,
  );
  const run = Math.max(...limits.map((limit) => (limit === undefined ? 0 : limit === Number.POSITIVE_INFINITY ? longest : limit)));
  const give = (pool.abortGrace ?? 0) + 2 * pool.terminateTimeout! + 1;
  const start = pool.startupTimeout! + pool.restart!.maxTimeout! + 2 * climate.startTime;
  const retries = 7 * 1000 * copies;
  // Each copy wants a thread of its own: where they are few, it may have to wait for a new one.
  const thread = copies > 1 ? 60 + 2 * climate.startTime : 0;
  const work = open * copies * (climate.duration * (1 + climate.scatter) + 4 * climate.latency + thread);
  return Math.ceil(3 * (run + give + start + retries + work + climate.lateTimers * 20));
}

function copiesOf({ vote, hedge }: Rules): number {
  return vote?.maxReplicas ?? (hedge === undefined ? 1 : 2);
}

/** Threads that stand by to follow one that is about to have had its tasks, or that have changed places with it: one for each place where threads live. */
function successors(pool: Books['pool'], { pool: { recycle } }: Climate): number {
  const soon = Math.ceil(0.1 * (recycle?.tasks ?? Number.POSITIVE_INFINITY));
  const waits = ({ roster }: Dispatcher): boolean =>
    roster.surplus() > 0 &&
    Number.isFinite(soon) &&
    [...roster.threads].some(({ phase, left }) => (phase === 'serving' || phase === 'spare') && left <= soon);
  return pool.routes.all.filter(waits).length;
}

/** What an idle pool lacks; `undefined` if it is whole. */
export function missing({ world, witness, pool, executors, hold }: Books): string | undefined {
  if (pool.life.state !== 'open') return undefined;
  // Cells that have failed are made anew when a task needs one.
  const open = executors.filter(({ closed }) => !closed);
  const { elastic } = world;
  const threads = open.reduce((sum, { home }) => sum + (home.place === 'pool' ? (elastic?.min ?? home.threads) : home.threads), 0);
  // An elastic pool keeps spares only while it is busy.
  const spares = (open.length - (elastic === undefined ? 0 : 1)) * (world.climate.pool.spares ?? 1);
  const stats = statsOf(pool);
  const health = healthOf(pool);
  if (health !== 'ok') return `its health is ${health}`;
  if (stats.threads.ready !== threads) return `${stats.threads.ready} of ${threads} threads are ready: ${JSON.stringify(stats.threads)}`;
  const standing = stats.threads.spare;
  if (standing < spares || standing > spares + successors(pool, world.climate)) return `${standing} spares are ready; ${spares} are wanted`;
  if (stats.threads.starting + stats.threads.stopping + stats.threads.busy > 0) return `its threads are ${JSON.stringify(stats.threads)}`;
  const alive = [...witness.threads.values()].filter(({ wanted }) => wanted).length;
  if (alive !== threads + standing) return `${alive} threads are alive; it has ${threads + standing}`;
  if (world.timeline.pendingTimers > 0) return `${world.timeline.pendingTimers} timers are left`;
  if (stats.queued + stats.running + stats.open > 0)
    return `it counts ${stats.queued} queued, ${stats.running} running, ${stats.open} open tasks`;
  return hold.holders === 0 ? undefined : `${hold.holders} keep the process alive`;
}

/** What a closed pool has left behind; `undefined` if nothing. */
export function leftovers({ world, witness, pool, executors, hold }: Books): string | undefined {
  if (pool.life.state !== 'closed' && pool.life.state !== 'failed') return `its state is ${pool.life.state}`;
  if (world.timeline.pendingTimers > 0) return `${world.timeline.pendingTimers} timers are left`;
  for (const thread of witness.threads.values()) if (thread.wanted) return `thread ${thread.threadId} was not terminated`;
  if (!hold.closed) return 'the process is kept alive';
  return executors.every(({ closed }) => closed) ? undefined : 'an executor is not closed';
}
