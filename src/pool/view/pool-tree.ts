import type { Dispatcher } from '../../dispatch/dispatcher.ts';
import type { PoolThread } from '../../dispatch/threads/pool-thread.ts';
import type { TreeNode } from '../../supervision/tree.ts';
import type { Routes } from '../routes.ts';
import type { Health } from './stats.ts';

/** What the tree is made from. */
export interface TreeSource {
  readonly name: string;
  readonly health: Health;
  readonly routes: Routes;
}

/** The pool as a tree: slots first, then spares and threads that start or stop; with cells, below the process they live in. */
export function treeOf({ name, health, routes }: TreeSource): TreeNode {
  const [main, escalation] = routes.all;
  const children = [...nodesOf(main!)];
  if (escalation !== undefined) children.push(nodeOf('escalation', 'cells', escalation.roster.health, escalation, nodesOf(escalation)));
  return nodeOf(name, 'pool', health, main!, children);
}

function nodeOf(id: string, kind: string, state: Health, { roster }: Dispatcher, children: readonly TreeNode[]): TreeNode {
  const node = { id, kind, state, restarts: 0, children };
  return roster.orphans > 0 ? { ...node, orphans: roster.orphans } : node;
}

function nodesOf({ roster }: Dispatcher): readonly TreeNode[] {
  const threads = [...roster.threads].sort(bySlot);
  const placed: Placed[] = [];
  const cells = new Map<number, TreeNode[]>();
  const homes = new Map<string, TreeNode[]>();
  for (const thread of threads) {
    const node = threadNode(thread);
    const { pid, home } = thread.handle;
    if (home !== undefined) {
      const known = homes.get(home);
      if (known === undefined) {
        const children = [node];
        homes.set(home, children);
        placed.push({ slot: thread.slot, node: { id: `node ${home}`, kind: 'node', state: 'up', restarts: 0, children } });
      } else known.push(node);
      continue;
    }
    if (pid === undefined) {
      placed.push({ slot: thread.slot, node });
      continue;
    }
    const known = cells.get(pid);
    if (known !== undefined) known.push(node);
    else {
      const children = [node];
      cells.set(pid, children);
      placed.push({ slot: thread.slot, node: { id: `cell ${pid}`, kind: 'process', state: 'up', restarts: 0, pid, children } });
    }
  }
  roster.slots.forEach((thread, slot) => {
    if (thread === undefined && roster.isWanted(slot))
      placed.push({ slot, node: { id: `slot ${slot}`, kind: 'thread', state: 'empty', restarts: restartsOf(roster.generation(slot)) } });
  });
  // An empty slot stands among the others, where one looks for it.
  return placed.sort((a, b) => place(a) - place(b)).map(({ node }) => node);
}

/** What stands below the pool, and the slot by which it is found; -1: in none. */
interface Placed {
  readonly slot: number;
  readonly node: TreeNode;
}

const place = ({ slot }: Placed): number => (slot >= 0 ? slot : Number.MAX_SAFE_INTEGER);

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
