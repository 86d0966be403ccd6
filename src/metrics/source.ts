import type { Tally, TaskTally } from '../core/counting/tally.ts';

/** `pool.health()`, and the values of the label `state` of the metric `health`. */
export const HEALTH_STATES = ['starting', 'ok', 'degraded', 'failed', 'closed'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** States of threads that are counted. Orphans have a metric of their own; the dead are not kept. */
export const THREAD_STATES = ['starting', 'spare', 'ready', 'busy', 'stopping'] as const;
export type CountedThreadState = (typeof THREAD_STATES)[number];

/** Labels of the metric `info`. */
export const INFO_LABELS = [
  'version',
  'node',
  'isolation',
  'threads',
  'spares',
  'max_queue',
  'timeout',
  'retries',
  'redundancy',
  'hedge',
] as const;
/** What the pool is: its version, and the options that its numbers depend on, as text. */
export type Info = Readonly<Record<(typeof INFO_LABELS)[number], string>>;

export const NODE_STATES = ['found', 'joining', 'up', 'leaving', 'down'] as const;

/** What is counted of the nodes of a pool. */
export interface NodeNumbers {
  readonly nodes: readonly { readonly state: (typeof NODE_STATES)[number] }[];
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly lateFrames: number;
  readonly lateBeats: number;
  readonly sharedDomains: number;
}

/** What the pool knows about itself at this moment. Times in milliseconds, memory in bytes. */
export interface Gauges {
  /** Tasks that were accepted and have not settled. */
  readonly openTasks: number;
  /** Attempts that wait for a thread. */
  readonly queueLength: number;
  /** Age of the oldest task of which no attempt has begun; 0 if no such task waits. */
  readonly oldestWaiting: number;
  /** For how long the attempt that has run longest has run; 0 if none runs. */
  readonly longestRunning: number;
  /** Attempts that have begun and of whose end nothing is known yet, by export. */
  readonly running: ReadonlyMap<TaskTally, number>;
  /** Thread time in which attempts ran since the pool was made, those that run now included. */
  readonly busyMs: number;
  /** Threads by state; what is absent is 0. */
  readonly threads: Readonly<Partial<Record<CountedThreadState, number>>>;
  /** Threads that the pool is to have, and of those that stand by. */
  readonly capacity: { readonly threads: number; readonly spares: number; readonly maxQueue: number };
  /** Threads that were terminated and would not die. */
  readonly orphans: number;
  /** Heap of threads in use as last heard of, by slot. */
  readonly heaps: ReadonlyMap<string, number>;
  /** Memory of child processes as last heard of, by their place. */
  readonly cells: ReadonlyMap<string, number>;
  /** Keys that are refused now. */
  readonly quarantinedKeys: number;
  readonly health: HealthState;
  /** 0 to 1. */
  readonly retryBudgetAvailable: number;
  /** Threads that may still die without having done anything before the pool fails. */
  readonly restartsLeft: number;
  /** Absent without nodes. */
  readonly nodes?: NodeNumbers | undefined;
}

/** Where the metrics of one pool come from. It is asked at each scrape, and at no other time. */
export interface MetricsSource {
  readonly tally: Tally;
  readonly info: Info;
  gauges(): Gauges;
}
