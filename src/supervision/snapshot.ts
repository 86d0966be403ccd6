import type { Child, ChildStateName } from './child/child.ts';
import type { RestartType } from './exit.ts';
import type { TreeNode } from './tree.ts';

/** What is known of one child: plain data, a snapshot. */
export interface ChildInfo {
  /** Unique within its supervisor. */
  readonly id: string;
  /** Whether it has children of its own. */
  readonly type: 'worker' | 'supervisor';
  /** When it is restarted. */
  readonly restart: RestartType;
  /** What it does now. */
  readonly state: ChildStateName;
  /** How many times it was started again. */
  readonly restarts: number;
}

export function childInfo(child: Child): ChildInfo {
  const { type, restart } = child.settings;
  return { id: child.id, type, restart, state: child.state.kind, restarts: child.restarts };
}

/** The child in the live tree, with what it says of itself. */
export function childNode(child: Child): TreeNode {
  const { id, state, restarts, settings } = child;
  const own = state.kind === 'running' || state.kind === 'stopping' ? ask(() => state.running.tree?.()) : undefined;
  const says = state.kind === 'running' ? (own?.state ?? 'running') : state.kind;
  return { kind: settings.type, ...own, id, state: says, restarts };
}

/** A tree must be had of a house on fire: a child that cannot describe itself is drawn without. */
function ask(describe: () => Partial<TreeNode> | undefined): Partial<TreeNode> | undefined {
  try {
    return describe();
  } catch (error) {
    return { state: `running, but its tree() threw: ${error}` };
  }
}
