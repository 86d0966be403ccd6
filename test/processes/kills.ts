import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../../src/index.ts';
import type { TreeNode } from '../../src/supervision/index.ts';

export interface Kill {
  readonly slot: string;
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The process that has the slot next; unknown for the last kills. */
  successor?: number;
}

/** Slot by slot the process that serves it. */
function servingCells(pool: Pool): Map<string, number> {
  const cells = new Map<string, number>();
  const visit = (node: TreeNode, pid: number | undefined): void => {
    if (node.id.startsWith('slot ') && (node.state === 'ready' || node.state === 'busy') && pid !== undefined) cells.set(node.id, pid);
    for (const child of node.children ?? []) visit(child, child.pid ?? pid);
  };
  visit(pool.tree(), undefined);
  return cells;
}

/** Kills cells, until it is stopped. */
export interface Killer {
  /** So far. */
  readonly kills: readonly Kill[];
  stop(): Promise<void>;
}

/** Kills a cell that serves, at intervals. */
export function killCells(pool: Pool, every: number, random: () => number): Killer {
  const kills: Kill[] = [];
  const waiting = new Map<string, Kill>();
  const strike = (): void => {
    const cells = servingCells(pool);
    for (const [slot, pid] of cells) {
      const kill = waiting.get(slot);
      if (kill === undefined || kill.pid === pid) continue;
      kill.successor = pid;
      waiting.delete(slot);
    }
    const candidates = [...cells].filter(([slot]) => !waiting.has(slot));
    const chosen = candidates[Math.floor(random() * candidates.length)];
    if (chosen === undefined) return;
    const [slot, pid] = chosen;
    const kill: Kill = { slot, pid, at: performance.timeOrigin + performance.now() };
    process.kill(pid, 'SIGKILL');
    kills.push(kill);
    waiting.set(slot, kill);
  };
  const over = new AbortController();
  const loop = async (): Promise<void> => {
    for (;;) {
      await sleep(every, undefined, { signal: over.signal });
      strike();
    }
  };
  const ended = loop().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  return {
    kills,
    async stop() {
      over.abort();
      await ended;
    },
  };
}
