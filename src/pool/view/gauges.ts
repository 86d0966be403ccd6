import type { Clock } from '../../core/clock.ts';
import type { TaskTally } from '../../core/counting/tally.ts';
import { VERSION } from '../../core/installation.ts';
import { soon } from '../../core/soon.ts';
import type { PoolThread } from '../../dispatch/threads/pool-thread.ts';
import type { Gauges, Info } from '../../metrics/source.ts';
import type { ResolvedOptions } from '../../options/pool-options.ts';
import { type StatsSource, statsOf } from './stats.ts';

/** Where they come from. */
export interface GaugeSource extends StatsSource {
  readonly clock: Clock;
  readonly options: ResolvedOptions;
  readonly admission: { readonly quarantinedKeys: number };
}

/** What the metrics show of a pool's present state. It is looked at once for all of them. */
export class PoolGauges {
  readonly #source: GaugeSource;
  #seen: Gauges | undefined;
  #busyMs = 0;

  constructor(source: GaugeSource) {
    this.#source = source;
  }

  /** A registry asks for one metric after the other, and all in one go. */
  read(): Gauges {
    if (this.#seen === undefined) {
      this.#seen = this.#look();
      void soon(() => {
        this.#seen = undefined;
      });
    }
    return this.#seen;
  }

  #look(): Gauges {
    const { clock, ledger, routes, options, admission, tally } = this.#source;
    const now = clock.now();
    const running = new Map<TaskTally, number>();
    const heaps = new Map<string, number>();
    const cells = new Map<string, number>();
    const measured = new Set<number>();
    const [main] = routes.all;
    let longestRunning = 0;
    let busyMs = 0;
    for (const dispatcher of routes.all) {
      for (const thread of dispatcher.roster.threads) {
        if (thread.handle.memory !== undefined) addTo(heaps, placeOf(thread, dispatcher === main), thread.handle.memory);
        if (thread.handle.pid !== undefined && !measured.has(thread.handle.pid)) {
          measured.add(thread.handle.pid);
          const bytes = thread.handle.measure?.();
          if (bytes !== undefined) addTo(cells, placeOf(thread, dispatcher === main), bytes);
        }
        if (thread.phase === 'orphan') continue;
        const { since, begun, current } = atWork(thread, now);
        busyMs += begun.length === 0 ? 0 : Math.max(0, (current === undefined ? thread.handle.itemStartedAt : now) - since);
        for (const attempt of begun) addTo(running, attempt.task.spec.tally, 1);
        if (current === undefined) continue;
        // So that who waits is known even if no answer ever comes.
        dispatcher.ends.began(current, thread.handle.itemStartedAt);
        longestRunning = Math.max(longestRunning, now - thread.handle.itemStartedAt);
      }
    }
    for (const { spent } of tally.tasks.values()) busyMs += spent.result + spent.copy + spent.failed + spent.aborted;
    // What threads tell later may be a little less than what it looked like: a counter never goes back.
    this.#busyMs = Math.max(this.#busyMs, busyMs);
    const { queued, threads, health, retryBudget, nodes } = statsOf(this.#source);
    const oldest = ledger.oldest((task) => task.waits);
    return {
      openTasks: ledger.open,
      queueLength: queued,
      oldestWaiting: oldest === undefined ? 0 : Math.max(0, now - oldest.acceptedAt),
      longestRunning,
      running,
      busyMs: this.#busyMs,
      threads,
      capacity: { threads: main!.roster.width, spares: main!.roster.sparesMost, maxQueue: options.maxQueue },
      orphans: threads.orphan,
      heaps,
      cells,
      quarantinedKeys: admission.quarantinedKeys,
      health,
      retryBudgetAvailable: retryBudget,
      restartsLeft: main!.roster.restartsLeft,
      nodes,
    };
  }
}

function addTo<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

/** Slots of the escalation have numbers of their own. */
function placeOf({ slot }: PoolThread, isMain: boolean): string {
  const place = slot < 0 ? 'spare' : String(slot);
  return isMain ? place : `escalation-${place}`;
}

/** What a thread has begun and not told of, and since when. */
function atWork(thread: PoolThread, now: number) {
  const items = [...thread.untold()];
  const runs = items.find((item) => item.runs);
  const first = items[0];
  const since = first === undefined ? now : first === runs ? thread.handle.itemStartedAt : thread.untoldSince(first.bundle);
  return { since, begun: items.map(({ attempt }) => attempt), current: runs?.attempt };
}

const rangeOf = ({ min, max, fixed }: ResolvedOptions['threads']): string => (fixed ? String(max) : `${min} to ${max}`);

/** What pool it is. */
export function infoOf(options: ResolvedOptions): Info {
  const { isolation, threads, spares, maxQueue, timeout, retry, redundancy, hedge } = options;
  return {
    version: VERSION,
    node: process.versions.node,
    isolation,
    threads: rangeOf(threads),
    spares: spares === undefined ? 'of the largest node' : String(spares),
    max_queue: String(maxQueue),
    timeout: String(timeout.run),
    retries: String(retry.retries),
    redundancy: redundancy === false ? '' : `${redundancy.quorum} of ${redundancy.replicas}`,
    hedge: hedge === false ? '' : String(hedge.after),
  };
}
