import { messageOf } from '../../core/foreign/message.ts';
import type { Pool } from '../../index.ts';

/** Milliseconds without any thread after which the display says that the job waits. */
const LONELY = 3_000;

/** What a person should know of the nodes that a job runs on: which refuse, which are lost, and that no node is there. */
export function tellOfNodes(pool: Pool, note: (text: string) => void): void {
  const refused = new Set<string>();
  pool.on('nodeDown', ({ node, reason, error }) => {
    if (reason === 'left') return;
    if (reason !== 'refused') return note(`Node ${node} is lost (${reason}). What it had is run elsewhere.`);
    // It is asked again and again whether it fits by now.
    if (!refused.has(node)) note(`Node ${node} is not used: ${messageOf(error)}`);
    refused.add(node);
  });
  pool.on('brokerLost', ({ error }) => note(`${messageOf(error)} The job waits for it.`));
  pool.on('brokerBack', ({ milliseconds }) => note(`The broker answers again, after ${Math.round(milliseconds)} ms.`));
}

/**
 * Resolves with the first thread: a job on nodes begins with what there is, because others may come at any time. Rejects if the pool fails.
 * @param note called when no node has been there for a while
 */
export async function firstThread(pool: Pool, note: (text: string) => void): Promise<void> {
  let tell: NodeJS.Timeout | undefined;
  const first = new Promise<void>((resolve) => pool.once('workerStart', () => resolve()));
  try {
    tell = setTimeout(
      () => note('No node lends a thread yet: the job waits. Is there a holdfast node with this name (--group) and this task module?'),
      LONELY,
    );
    await Promise.race([first, pool.ready()]);
  } finally {
    clearTimeout(tell);
  }
}
