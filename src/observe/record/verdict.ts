import type { PoolStats, Verdict } from '../frames.ts';

/** What the pool has looked like over the last seconds. */
export interface Impression {
  readonly stats: PoolStats;
  readonly slots: number;
  /** Tasks settled a second, over the last ten seconds. */
  readonly rate: number;
  /** How many attempts waited about ten seconds ago; undefined if it was not measured. */
  readonly queuedBefore: number | undefined;
  /** Milliseconds since tasks were refused because too many waited, or timed out while they waited. */
  readonly sinceRefusal: number;
  /** Milliseconds since an attempt has ended, while some ran. */
  readonly sinceProgress: number;
  /** Milliseconds that the longest of the running attempts has run. */
  readonly longest: number;
  /** Milliseconds since a slot had a thread, and since every slot had: a thread that is taken over at once is no trouble. */
  readonly sinceAlive: number;
  readonly sinceWhole: number;
  /** What the pool failed of. */
  readonly failure: string;
}

/** Milliseconds without an outcome after which a pool counts as slow. */
const SLOW = 10_000;
/** Milliseconds for which tasks would wait, above which a growing queue is an overload. */
const LONG_WAIT = 5_000;
/** Milliseconds for which slots may stand empty before that is said. */
const BRIEF = 1_000;
/** Milliseconds for which a refusal is remembered. */
const REFUSED = 10_000;

// By hand: `toLocaleString` makes a formatter for each call, and this is called four times a second.
const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
const many = (value: number, what: string): string => `${count(value)} ${what}${value === 1 ? '' : 's'}`;

function time(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : 'days';
}

/** Whether more comes than the threads can do. A queue that is long and does not grow is the window of a `map`, and as it should be. */
function overload({ stats, rate, queuedBefore, sinceRefusal }: Impression): string | undefined {
  const { queued, threads } = stats;
  if (threads.ready > 0 || threads.busy === 0) return undefined;
  if (sinceRefusal < REFUSED) return 'tasks are refused, or time out while they wait';
  const grows = queuedBefore !== undefined && queued > queuedBefore * 1.05 + threads.busy;
  if (!grows || queued < rate * (LONG_WAIT / 1_000) || rate === 0) return undefined;
  return `the ${many(queued, 'task')} that wait would take ${time((queued / rate) * 1_000)}, and they become more`;
}

function stopped({ stats, failure }: Impression): Verdict | undefined {
  if (stats.health === 'failed') return { state: 'failed', text: `The pool has failed and runs nothing any more. ${failure}`.trim() };
  if (stats.health === 'closed')
    return { state: 'closed', text: `The pool is closed. ${many(stats.fulfilled, 'task')} fulfilled, ${count(stats.rejected)} rejected.` };
  return undefined;
}

/** Says in one sentence how the pool is. *All workers are dead*, *overloaded* and *slow* are kept apart: each has another cure. */
export function verdictOf(seen: Impression): Verdict {
  const over = stopped(seen);
  if (over !== undefined) return over;
  const { stats, slots, sinceProgress, sinceAlive, sinceWhole, longest } = seen;
  const { threads, health, queued } = stats;
  const alive = threads.ready + threads.busy;
  if (health === 'starting')
    return { state: 'starting', text: `Starting: ${alive} of ${many(slots, 'thread')} ready. ${many(queued, 'task')} wait.` };
  if (alive === 0 && health === 'degraded' && sinceAlive >= BRIEF && stats.nodes?.nodes.every(({ state }) => state !== 'up'))
    return { state: 'dead', text: `No node lends its threads. ${many(queued, 'task')} wait. Start one with holdfast node.` };
  if (alive === 0 && health === 'degraded' && sinceAlive >= BRIEF) {
    const next =
      threads.starting > 0
        ? `${many(threads.starting, 'new one')} ${threads.starting === 1 ? 'is' : 'are'} starting`
        : 'a new one starts after a pause';
    return {
      state: 'dead',
      text: `All workers are dead: none of ${many(slots, 'slot')} has a thread; ${next}. ${many(queued, 'task')} wait.`,
    };
  }
  const missing = Math.max(0, slots - alive);
  const lacking =
    health === 'degraded' && missing > 0 && sinceWhole >= BRIEF
      ? `${missing} of ${many(slots, 'slot')} ${missing === 1 ? 'has' : 'have'} no thread`
      : undefined;
  const why = overload(seen);
  if (why !== undefined) {
    const also = lacking === undefined ? '' : ` ${lacking}.`;
    return {
      state: 'overloaded',
      text: `Overloaded: ${threads.busy === 1 ? 'the only thread is' : `all ${count(threads.busy)} threads are`} alive and busy; ${why}.${also}`,
    };
  }
  if (threads.busy > 0 && sinceProgress >= SLOW)
    return {
      state: 'slow',
      text: `Slow, not dead: ${many(alive, 'thread')} alive, but nothing has ended for ${time(sinceProgress)}; the longest attempt has run for ${time(longest)}.`,
    };
  if (lacking !== undefined)
    return { state: 'degraded', text: `Degraded: ${lacking}; the ${alive === 1 ? 'other one works' : 'others work'}.` };
  if (threads.busy === 0 && queued === 0) return { state: 'idle', text: `Idle: ${many(alive, 'thread')} ready, nothing to do.` };
  return { state: 'working', text: `Working: ${threads.busy} of ${many(slots, 'thread')} busy.` };
}
