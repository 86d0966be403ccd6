import { readFileSync } from 'node:fs';

const guide = readFileSync(new URL('../../../../docs/guides/migrating-from-piscina.md', import.meta.url), 'utf8');

const cellsIn = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (option|of a pool|of the class, and of the module|situation) \|/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const part = (from: string, to: string): string => guide.slice(guide.indexOf(from), guide.indexOf(to));

/** Rows of the tables of the first way: what they name, and what they say of it. */
export const NAMED: readonly string[][] = cellsIn(part('### Options of the constructor', '### Errors'));
/** The situation, what Piscina does, what is done here. */
export const ERRORS: readonly string[][] = cellsIn(part('### Errors', '## Change to the pool'));
