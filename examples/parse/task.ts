import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { type Node, type Options, parse } from 'acorn';
import { type Summary, summarize } from './tree.ts';

/** What is found out about one file. Every parser finds the same. */
export type Finding = ({ readonly kind: 'parsed'; readonly goal: Goal } & Summary) | { readonly kind: 'unparsable'; readonly why: string };

type Goal = NonNullable<Options['sourceType']>;

/** A `.js` file may be either: first the stricter reading is tried. */
const GOALS: Readonly<Record<string, readonly Goal[]>> = { '.mjs': ['module'], '.cjs': ['script'], '.js': ['module', 'script'] };

/** The task: parses one JavaScript file. */
export default function parseFile(file: string): Finding {
  const text = readFileSync(file, 'utf8');
  let why = '';
  for (const goal of GOALS[extname(file)] ?? []) {
    const tree = treeOf(text, goal);
    if (typeof tree !== 'string') return { kind: 'parsed', goal, ...summarize(tree) };
    why = tree;
  }
  return { kind: 'unparsable', why };
}

/** Acorn says so by a SyntaxError; but it is the thread that is too small, and another might do. */
const OUT_OF_STACK = /stack space/;

/** The tree, or why the file has no tree. "Not JavaScript" is an answer; anything else that goes wrong is an error. */
function treeOf(text: string, sourceType: Goal): Node | string {
  try {
    return parse(text, { ecmaVersion: 'latest', sourceType, allowHashBang: true, allowReturnOutsideFunction: sourceType === 'script' });
  } catch (error) {
    if (error instanceof SyntaxError && !OUT_OF_STACK.test(error.message)) return error.message;
    throw error;
  }
}
