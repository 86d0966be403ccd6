import { parseBrokerUrl } from '../core/broker/broker-url.ts';
import type { Clock } from '../core/clock.ts';
import { outside } from '../core/foreign/context.ts';
import type { Executor } from '../executors/executor.ts';
import { RedisLink } from '../executors/nodes/link/redis-link.ts';
import { NodeExecutor } from '../executors/nodes/node-executor.ts';
import { CellExecutor, settingsOf } from '../executors/processes/cell-executor.ts';
import { checkCells } from '../executors/processes/check-cells.ts';
import { ThreadExecutor } from '../executors/threads/thread-executor.ts';
import type { ResolvedOptions } from '../options/pool-options.ts';
import type { PoolNodes } from './nodes.ts';

/** A thread outlives whatever request it was started in, and so do the messages it sends. */
export function madeOutside(executor: Executor): Executor {
  const { distance, capacity } = executor;
  return { distance, capacity, start: (events) => outside(() => executor.start(events)), close: () => executor.close() };
}

/** Where the threads of a pool live, by its options. */
export function executorFor(options: ResolvedOptions, clock: Clock, place: 'pool' | 'escalation', nodes: PoolNodes | undefined): Executor {
  if (place === 'escalation') return cellsFor(options, 1, clock);
  if (nodes !== undefined) return outside(() => nodesFor(options, clock, nodes));
  if (options.isolation === 'escalate') checkCells({ execPath: options.execPath, threadsPerCell: 1 }, settingsOf(options));
  if (options.isolation !== 'process') return new ThreadExecutor(options, clock, { later: true });
  const { max } = options.threads;
  return cellsFor(options, Math.ceil(max / Math.min(max, options.cells ?? max)), clock);
}

function cellsFor(options: ResolvedOptions, threadsPerCell: number, clock: Clock): Executor {
  return new CellExecutor({ ...options, threadsPerCell }, clock);
}

function nodesFor(options: ResolvedOptions, clock: Clock, nodes: PoolNodes): Executor {
  const { nodes: settings, filename } = options;
  const link = new RedisLink(parseBrokerUrl(settings!.url));
  const executor = new NodeExecutor({ ...options, nodes: settings!, filename: filename! }, clock, link, nodes.events);
  nodes.executor = executor;
  return executor;
}
