/** One node of the live tree: plain data, a snapshot. */
export interface TreeNode {
  /** Unique among its neighbours. */
  readonly id: string;
  /** `'supervisor'`, `'worker'`, or what the child calls itself: `'pool'`, `'cell'`, `'thread'`. */
  readonly kind: string;
  /** What it does now: `'running'`, `'restarting'`, `'ready'`, `'busy'` and so on. */
  readonly state: string;
  /** How many times its supervisor has started it again. */
  readonly restarts: number;
  /** Restart strategy of a supervisor. */
  readonly strategy?: string;
  /** Process id, of a child that is a process. */
  readonly pid?: number;
  /** `worker.threadId`, of a child that is a thread. */
  readonly threadId?: number;
  /** Tasks that it has finished, of a thread. */
  readonly finished?: number;
  /** Children that were given up and have not exited; left out if there are no such children. */
  readonly orphans?: number;
  /** What stands below it, in order. */
  readonly children?: readonly TreeNode[];
}

/**
 * The tree as text, one line a node.
 *
 * @param options.maxChildren of a node with more children only that many are shown, and how many there are besides. Default 50.
 */
export function renderTree(root: TreeNode, options: { maxChildren?: number } = {}): string {
  const lines: string[] = [];
  render(root, '', '', options.maxChildren ?? 50, lines);
  return lines.join('\n');
}

function render(node: TreeNode, first: string, rest: string, max: number, lines: string[]): void {
  lines.push(first + label(node));
  const children = node.children ?? [];
  const shown = children.slice(0, max);
  const more = children.length - shown.length;
  shown.forEach((child, i) => {
    const last = i === shown.length - 1 && more === 0;
    render(child, rest + (last ? '└─ ' : '├─ '), rest + (last ? '   ' : '│  '), max, lines);
  });
  if (more > 0) lines.push(`${rest}└─ and ${more} more`);
}

function label(node: TreeNode): string {
  const parts = [node.id, node.strategy === undefined ? node.kind : `${node.kind} ${node.strategy}`, node.state];
  if (node.pid !== undefined) parts.push(`pid ${node.pid}`);
  if (node.threadId !== undefined) parts.push(`thread ${node.threadId}`);
  if (node.restarts > 0) parts.push(`${node.restarts} ${node.restarts === 1 ? 'restart' : 'restarts'}`);
  if (node.finished !== undefined && node.finished > 0) parts.push(`${node.finished} ${node.finished === 1 ? 'task' : 'tasks'}`);
  if (node.orphans !== undefined && node.orphans > 0) parts.push(`${node.orphans} ${node.orphans === 1 ? 'orphan' : 'orphans'}`);
  return parts.join('  ');
}
