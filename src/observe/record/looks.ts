import type { PoolStats } from '../frames.ts';
import type { Impression } from './verdict.ts';

/** Milliseconds that are looked back on. */
const BACK = 10_000;

interface Look {
  readonly at: number;
  readonly settled: number;
  readonly queued: number;
}

/** What was seen of the pool lately: what becomes more, and how fast. */
export class Looks {
  #looks: Look[] = [];
  #refusedAt = Number.NEGATIVE_INFINITY;
  #last: { readonly at: number; readonly fulfilled: number; readonly rejected: number } | undefined;
  #aliveAt: number | undefined;
  #wholeAt: number | undefined;
  /** When an attempt ended last, or none ran. */
  #progressAt = Number.POSITIVE_INFINITY;

  /** Tasks were turned away because too many wait. */
  refused(now: number): void {
    this.#refusedAt = now;
  }

  /** @param progressAt when an attempt has ended last, as far as anybody watches */
  add(at: number, stats: PoolStats, progressAt: number): void {
    this.#see(at, stats);
    const settled = stats.fulfilled + stats.rejected;
    const before = this.#looks.at(-1);
    // Who does not watch the attempts sees by the settled tasks that something ends.
    if (before !== undefined && before.settled !== settled) this.#progressAt = at;
    this.#progressAt =
      stats.threads.busy === 0
        ? at
        : Math.max(this.#progressAt === Number.POSITIVE_INFINITY ? at : this.#progressAt, Math.min(progressAt, at));
    this.#looks.push({ at, settled, queued: stats.queued });
    while (this.#looks.length > 2 && this.#looks[1]!.at <= at - BACK) this.#looks.shift();
  }

  /** Tasks a second since the last call. */
  rates(at: number, { fulfilled, rejected }: PoolStats): { fulfilled: number; rejected: number } {
    const last = this.#last;
    this.#last = { at, fulfilled, rejected };
    if (last === undefined || at <= last.at) return { fulfilled: 0, rejected: 0 };
    const seconds = (at - last.at) / 1_000;
    return { fulfilled: (fulfilled - last.fulfilled) / seconds, rejected: (rejected - last.rejected) / seconds };
  }

  #see(at: number, { threads, health }: PoolStats): void {
    if (threads.ready + threads.busy > 0) this.#aliveAt = at;
    if (health === 'ok') this.#wholeAt = at;
  }

  impression(now: number, stats: PoolStats): Omit<Impression, 'slots' | 'longest' | 'failure'> {
    this.#see(now, stats);
    const first = this.#looks[0];
    const old = first !== undefined && now - first.at >= BACK / 2 ? first : undefined;
    const settled = stats.fulfilled + stats.rejected;
    return {
      stats,
      rate: first === undefined || now <= first.at ? 0 : ((settled - first.settled) / (now - first.at)) * 1_000,
      queuedBefore: old?.queued,
      sinceAlive: now - (this.#aliveAt ?? Number.NEGATIVE_INFINITY),
      sinceWhole: now - (this.#wholeAt ?? Number.NEGATIVE_INFINITY),
      sinceRefusal: now - this.#refusedAt,
      sinceProgress: Math.max(0, now - Math.min(now, this.#progressAt)),
    };
  }
}
