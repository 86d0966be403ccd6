import type { Tally } from '../core/tally.ts';

/** `pool.health()`, and the values of the label `state` of the metric `health`. */
export const HEALTH_STATES = ['starting', 'ok', 'degraded', 'failed', 'closed'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** States of threads that are counted. Orphans have a metric of their own; the dead are not kept. */
export const THREAD_STATES = ['starting', 'spare', 'ready', 'busy', 'stopping'] as const;
export type CountedThreadState = (typeof THREAD_STATES)[number];

/** What the pool knows about itself at this moment. */
export interface Gauges {
  /** Attempts that wait for a thread. */
  readonly queueLength: number;
  /** Threads by state; what is absent is 0. */
  readonly threads: Readonly<Partial<Record<CountedThreadState, number>>>;
  /** Threads that were terminated and would not die. */
  readonly orphans: number;
  /** Keys that are refused now. */
  readonly quarantinedKeys: number;
  readonly health: HealthState;
  /** 0 to 1. */
  readonly retryBudgetAvailable: number;
}

/** Where the metrics of one pool come from. It is asked at each scrape, and at no other time. */
export interface MetricsSource {
  readonly tally: Tally;
  gauges(): Gauges;
}
