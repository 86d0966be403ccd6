// A task module for `holdfast run`: parses one JavaScript file and says what is in it.
//   npx holdfast run ./parse.js files.ndjson -o trees.ndjson
// where each line of files.ndjson is {"path":"…"}.
import { readFile } from 'node:fs/promises';
import { type Node, parse } from 'acorn';

export interface Source {
  readonly path: string;
}

export interface Tree {
  readonly path: string;
  readonly bytes: number;
  readonly nodes: number;
}

function count(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + count(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const own = typeof (value as Node).type === 'string' ? 1 : 0;
  return Object.values(value).reduce((sum: number, one) => sum + count(one), own);
}

async function tree({ path }: Source, sourceType: 'module' | 'script'): Promise<Tree> {
  const text = await readFile(path, 'utf8');
  return { path, bytes: text.length, nodes: count(parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true })) };
}

/** The file as a script. */
export default function parseScript(source: Source): Promise<Tree> {
  return tree(source, 'script');
}

/** The file as a module. */
export function parseModule(source: Source): Promise<Tree> {
  return tree(source, 'module');
}
