import type { Clock } from '../../core/clock.ts';
import type { PoolWatcher, WatchedAttempt } from '../../core/watch.ts';
import type { Watchers } from '../../core/watchers.ts';
import { watched } from '../../dispatch/outcomes/told-work.ts';
import type { ThreadState } from '../../dispatch/threads/phase.ts';
import type { PoolThread } from '../../dispatch/threads/pool-thread.ts';
import { whole } from '../../options/checks.ts';
import type { Routes } from '../routes.ts';

/** A thread at this moment. */
export interface ThreadNow {
  /** Place in the pool; -1 for spares, and for threads that have none yet. */
  readonly slot: number;
  /** Which thread of its slot it is, from 1; 0 if it never had a slot. */
  readonly generation: number;
  /** `worker.threadId`; -1 until it is known. */
  readonly threadId: number;
  /** What it does, as `stats().threads` counts it. */
  readonly state: ThreadState;
  /** The process it lives in, if that is not this one. */
  readonly pid: number | undefined;
  /** Attempts whose outcome it has reported. */
  readonly finished: number;
  /** Bytes of its heap, as last heard of. */
  readonly heapUsed: number | undefined;
  /** The attempt it is at, and since when on the scale of `PoolWatch.now`. */
  readonly current: (WatchedAttempt & { readonly startedAt: number }) | undefined;
}

/** What `pool.watch` returns. */
export interface PoolWatch {
  /** Milliseconds on the pool's monotonic scale, which all its times are on; only differences mean anything. */
  now(): number;
  /** Places for threads. */
  readonly slots: number;
  /** All threads, by slot; those without one behind them. Costs a look at each. */
  threads(): readonly ThreadNow[];
  /**
   * Sets how much of a flood is told: from now on the first `reports` are told one by one, and after them those of each thread within `milliseconds` as
   * one `Work`, with a sum of what came after the first. What failed is always told by itself. Tells now what had been gathered: to be called again and
   * again, four times a second, say. If others watch that do not gather, every report is told.
   * @throws {OptionRangeError | InvalidOptionError} `ERR_INVALID_OPTION` for what is not a whole number
   */
  gather(reports: number, milliseconds: number): void;
  /** Ends the watch. */
  stop(): void;
}

interface WatchSource {
  readonly clock: Clock;
  readonly routes: Routes;
  readonly watchers: Watchers;
}

const REPORTS = whole(0, 'reports');
const MILLISECONDS = whole(0, 'milliseconds');

/** A watch over the pool: what its threads report goes to `watcher`, and what they are at can be asked. */
export function watchPool({ clock, routes, watchers }: WatchSource, watcher: PoolWatcher): PoolWatch {
  const watching = watchers.add(watcher);
  return {
    now: () => clock.now(),
    get slots() {
      return routes.main.roster.width;
    },
    threads: () => [...routes.threads()].map(threadNow).sort((a, b) => place(a) - place(b)),
    gather: (reports, milliseconds) => watching.gather(REPORTS(reports, 'reports'), MILLISECONDS(milliseconds, 'milliseconds')),
    stop: watching.stop,
  };
}

const place = ({ slot }: ThreadNow): number => (slot < 0 ? Number.MAX_SAFE_INTEGER : slot);

function threadNow(thread: PoolThread): ThreadNow {
  const { slot, generation, threadId, state, finished, handle } = thread;
  const current = state === 'busy' || state === 'stopping' ? thread.current() : undefined;
  return {
    slot,
    generation,
    threadId,
    state,
    pid: handle.pid,
    finished,
    heapUsed: handle.memory,
    current: current && { ...watched(current.attempt), startedAt: handle.itemStartedAt },
  };
}
