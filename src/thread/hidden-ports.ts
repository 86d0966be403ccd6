import { MessagePort } from 'node:worker_threads';
import { MAX_DELAY } from '../core/clock.ts';

/**
 * Takes the ports that are open now out of the list of active handles, where a task would find them: what it sent or closed there
 * would look like ours. The thread stays alive by a timer instead.
 */
export function hidePorts(): void {
  const { _getActiveHandles: handles } = process as { _getActiveHandles?: () => unknown[] };
  for (const handle of handles?.call(process) ?? []) if (handle instanceof MessagePort) handle.unref();
}

export function stayAlive(): void {
  setInterval(() => {}, MAX_DELAY);
}
