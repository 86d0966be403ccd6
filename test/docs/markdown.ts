import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../../', import.meta.url));

/** A page of the documentation; `path` is relative to the project. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

export function page(path: string): Page {
  return { path, text: readFileSync(root + path, 'utf8') };
}

/** README.md and every page below docs. */
export function pages(): Page[] {
  const docs = readdirSync(`${root}docs`, { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md'))
    .sort();
  const top = readdirSync(root).filter((name) => name === 'README.md');
  return [...top, ...docs.map((name) => `docs/${name}`)].map(page);
}

/** A fenced block: ```info … ``` */
export interface Block {
  readonly info: readonly string[];
  readonly text: string;
  /** Line of the page that the first line of the text is, from 1. */
  readonly line: number;
}

export function blocks({ path, text }: Page): Block[] {
  const found: Block[] = [];
  let open: { info: string[]; lines: string[]; line: number; fence: string } | undefined;
  text.split('\n').forEach((line, index) => {
    const fence = /^ {0,3}(```+)\s*(.*)$/.exec(line);
    if (open === undefined) {
      if (fence !== null) open = { info: fence[2]!.trim().split(/\s+/), lines: [], line: index + 2, fence: fence[1]! };
    } else if (fence?.[1] === open.fence && fence[2] === '') {
      found.push({ info: open.info, text: `${open.lines.join('\n')}\n`, line: open.line });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  });
  if (open !== undefined) throw new Error(`${path}:${open.line}: a fence that is never closed`);
  return found;
}

/** The text of a page without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replace(/^ {0,3}(```+)[^\n]*\n[\s\S]*?^ {0,3}\1$/gm, '');
}

/** A row of a table, by the heads of its columns. */
export type Row = Readonly<Record<string, string>>;

/** The rows of every table below a heading, down to the next one. Without a heading: of the whole page. */
export function rows(from: Page, heading?: string): Row[] {
  const found: Row[] = [];
  let section = '';
  let heads: string[] | undefined;
  for (const line of prose(from).split('\n')) {
    const title = /^#+ (.*)$/.exec(line);
    if (title !== null) section = title[1]!;
    const cells = line.startsWith('|')
      ? line
          .slice(1, line.lastIndexOf('|'))
          .split(/(?<!\\)\|/)
          .map((cell) => cell.trim().replaceAll('\\|', '|'))
      : undefined;
    if (cells === undefined) heads = undefined;
    else if (heads === undefined) heads = cells;
    else if (!cells.every((cell) => /^:?-+:?$/.test(cell)) && (heading === undefined || section === heading)) {
      const names = heads;
      found.push(Object.fromEntries(cells.map((cell, i) => [names[i] ?? `column ${i}`, cell])));
    }
  }
  if (heading !== undefined && found.length === 0) throw new Error(`${from.path} has no table below "${heading}"`);
  return found;
}

/** What stands in backticks in a cell, in order; what stands in parentheses does not count. */
export function codes(cell: string | undefined): string[] {
  return Array.from((cell ?? '').replace(/\([^()]*\)/g, '').matchAll(/`([^`]+)`/g), (match) => match[1]!);
}
