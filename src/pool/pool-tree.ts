import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { PoolThread } from '../dispatch/threads/pool-thread.ts';
import type { TreeNode } from '../supervision/tree.ts';
import type { Manager } from './compose.ts';
import { healthOf } from './stats.ts';

/** The pool as a tree: slots first, then spares and whoever comes or goes; with cells, below the process they live in. */
export function treeOf(manager: Manager): TreeNode {
  const [main, escalation] = manager.routes.all;
  const children = [...nodesOf(main!)];
  if (escalation !== undefined) {
    const { health, orphans } = escalation.roster;
    const node = { id: 'escalation', kind: 'cells', state: health, restarts: 0, children: nodesOf(escalation) };
    children.push(orphans > 0 ? { ...node, orphans } : node);
  }
  const { orphans } = main!.roster;
  const node = { id: manager.observers.metrics.pool, kind: 'pool', state: healthOf(manager), restarts: 0, children };
  return orphans > 0 ? { ...node, orphans } : node;
}

function nodesOf({ roster }: Dispatcher): readonly TreeNode[] {
  const threads = [...roster.threads].sort(bySlot);
  const nodes: TreeNode[] = [];
  const cells = new Map<number, TreeNode[]>();
  for (const thread of threads) {
    const node = threadNode(thread);
    const { pid } = thread.handle;
    if (pid === undefined) {
      nodes.push(node);
      continue;
    }
    const known = cells.get(pid);
    if (known !== undefined) known.push(node);
    else {
      const children = [node];
      cells.set(pid, children);
      nodes.push({ id: `cell ${pid}`, kind: 'process', state: 'up', restarts: 0, pid, children });
    }
  }
  roster.slots.forEach((thread, slot) => {
    if (thread === undefined)
      nodes.push({ id: `slot ${slot}`, kind: 'thread', state: 'empty', restarts: restartsOf(roster.generations[slot]!) });
  });
  return nodes;
}

function threadNode({ key, slot, state, generation, threadId, finished }: PoolThread): TreeNode {
  const id = slot >= 0 ? `slot ${slot}` : `thread ${key}`;
  const node = { id, kind: 'thread', state, restarts: restartsOf(generation), finished };
  return threadId >= 0 ? { ...node, threadId } : node;
}

/** The first generation of a slot was no restart. */
function restartsOf(generation: number): number {
  return Math.max(0, generation - 1);
}

function bySlot(a: PoolThread, b: PoolThread): number {
  if (a.slot >= 0 && b.slot >= 0) return a.slot - b.slot;
  return a.slot >= 0 ? -1 : b.slot >= 0 ? 1 : a.key - b.key;
}
