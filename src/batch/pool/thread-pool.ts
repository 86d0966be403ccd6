import { pathToFileURL } from 'node:url';
import { ownFileUrl } from '../../core/installation.ts';
import { attemptsOf, Pool, type PoolOptions } from '../../index.ts';
import type { BatchPool, LineCall } from '../batch-pool.ts';
import { taskPath } from '../job/inputs.ts';
import { firstThread, tellOfNodes } from './nodes-news.ts';

/**
 * With these options the main thread needs the parsed values (or fault injection changes them, or nodes have the task module alone),
 * so threads cannot parse and stringify.
 */
const WANTS_VALUES = ['redundancy', 'quarantine', 'faults', 'nodes'] as const;

/** The module that parses lines and stringifies results in the thread, for a task module that knows nothing of lines. */
function lineTask(filename: string | URL, name: string, { batch, timed }: LineCall): URL {
  const url = new URL(ownFileUrl('thread/line-task.js', () => new URL('../../thread/line-task.js', import.meta.url)));
  url.searchParams.set('module', pathToFileURL(taskPath(filename)).href);
  url.searchParams.set('name', name);
  if (batch > 1) url.searchParams.set('batch', '');
  if (timed) url.searchParams.set('timed', '');
  return url;
}

/** The pool of a batch job: a `Pool`, seen as what the job needs of it. */
export function threadPool(options: Record<string, unknown>, call: LineCall): BatchPool {
  const { filename, name } = options as { filename: string | URL; name: string };
  const form = WANTS_VALUES.some((option) => options[option]) ? 'values' : 'lines';
  const pool = new Pool({ ...options, filename: form === 'lines' ? lineTask(filename, name, call) : filename } as PoolOptions);
  return {
    form,
    pool,
    ready: (note) => {
      if (options.nodes === undefined) return pool.ready();
      tellOfNodes(pool, note);
      return firstThread(pool, note);
    },
    mapSettled: (source, { ordered, window }) => pool.mapSettled(source, { ordered, window }),
    retries: () => pool.stats().retries,
    // The pool has no other tasks, and numbers them from 1.
    onRetry: (listener) => void pool.on('retry', ({ taskId, failed }) => listener(taskId - 1, failed.attempt + 1)),
    attemptsOf,
    metrics: () => pool.metrics.metrics(),
    tree: () => pool.tree(),
    close: (how) => pool.close(how),
  };
}
