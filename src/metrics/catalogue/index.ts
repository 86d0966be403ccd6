import { COMPETITION } from './competition.ts';
import type { MetricEntry } from './entry.ts';
import { NODES } from './nodes.ts';
import { QUEUE, STATE, THREADS } from './pool.ts';
import { ATTEMPTS, TASKS } from './tasks.ts';

/** Every metric, once. */
export const CATALOGUE: readonly MetricEntry[] = [...TASKS, ...ATTEMPTS, ...QUEUE, ...THREADS, ...COMPETITION, ...STATE, ...NODES];

/** Every label that a metric can have; an option `metrics.labels` must not use them. */
export const RESERVED_LABELS: ReadonlySet<string> = new Set(['le', 'task', 'module', ...CATALOGUE.flatMap((entry) => entry.labels)]);
