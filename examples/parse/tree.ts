import { createHash } from 'node:crypto';
import type { Node } from 'acorn';

/** A syntax tree in a few lines. */
export interface Summary {
  /** Number of nodes by type. */
  readonly nodes: Readonly<Record<string, number>>;
  /** SHA-256 over all nodes and their fields, in one fixed order. */
  readonly hash: string;
}

/** Text is hashed in pieces of about this many characters. */
const PIECE = 1 << 16;
/** Stands for a place in an array that is left out, as in `[a, , b]`. */
const HOLE = { hole: true };

/**
 * Counts and hashes the nodes of a tree. It walks with a stack of its own: generated code is nested more deeply than calls can be,
 * and how deep those can be differs between a thread and the main process. The names of fields are left out: ESTree fixes them for
 * each type of node.
 */
export function summarize(root: Node): Summary {
  const hash = createHash('sha256');
  const nodes: Record<string, number> = {};
  const open: object[] = [root];
  let text = '';
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) {
      text += `[${value.length}]`;
      for (let i = value.length - 1; i >= 0; i--) open.push(value[i] ?? HOLE);
      continue;
    }
    const fields = value as Readonly<Record<string, unknown>>;
    const { type } = fields as { type?: string };
    if (type !== undefined) nodes[type] = (nodes[type] ?? 0) + 1;
    for (const key in fields) {
      const field = fields[key];
      if (typeof field === 'object' && field !== null && !(field instanceof RegExp)) open.push(field);
      else text += `${field},`;
    }
    if (text.length > PIECE) {
      hash.update(text);
      text = '';
    }
  }
  return { nodes, hash: hash.update(text).digest('hex') };
}
