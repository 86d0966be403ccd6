import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Block, blocks, type Page, root } from './markdown.ts';

/**
 * Examples on a page, by what stands after the three backticks:
 *
 * - `ts file=task.ts`: a file. Files of one page lie in one directory; a name that comes again begins a new directory.
 * - `ts file=main.ts run`: a file that is run as well, and must end with exit code 0.
 * - `ts file=main.ts run redis`: the same, where a `redis-server` is on the path; its address is in `REDIS_URL`.
 * - `text output`: what the run above prints, to the letter.
 * - `ts` or `js` alone: a fragment. It is checked like the rest, but may use names that it does not declare.
 */
export interface Example {
  readonly page: string;
  readonly line: number;
  /** Relative to the directory of all examples. */
  readonly file: string;
  readonly text: string;
  readonly kind: 'file' | 'run' | 'fragment';
  readonly output: string | undefined;
  /** Whether it needs a Redis. */
  readonly redis: boolean;
}

const LANGUAGES = new Set(['ts', 'js', 'mts', 'mjs', 'cts', 'cjs', 'typescript', 'javascript']);
const FRAGMENT_EXTENSION: Readonly<Record<string, string>> = { typescript: 'ts', javascript: 'js' };

export function examplesOf(page: Page): Example[] {
  const found: Example[] = [];
  const base = page.path.replace(/\.md$/, '').replaceAll('/', '-').toLowerCase();
  let group = 0;
  let names = new Set<string>();
  for (const block of blocks(page)) {
    const [language = '', ...words] = block.info;
    if (language === 'text' && words.includes('output')) {
      const last = found.pop();
      if (last?.kind !== 'run') throw new Error(`${page.path}:${block.line}: an output without a run before it`);
      found.push({ ...last, output: block.text });
    }
    if (!LANGUAGES.has(language)) continue;
    const given = words.find((word) => word.startsWith('file='))?.slice('file='.length);
    if (given !== undefined && names.has(given)) {
      group++;
      names = new Set();
    }
    const name = given ?? `fragment-${block.line}.${FRAGMENT_EXTENSION[language] ?? language}`;
    names.add(name);
    const kind = given === undefined ? 'fragment' : words.includes('run') ? 'run' : 'file';
    const file = `${base}/${group}/${name}`;
    const redis = words.includes('redis');
    found.push({ page: page.path, line: block.line, file, text: source(block, kind), kind, output: undefined, redis });
  }
  return found;
}

/** Moved down to its line of the page, so that a message of the compiler names the right one. A fragment is a module, whatever it says. */
function source({ text, line }: Block, kind: Example['kind']): string {
  return '\n'.repeat(line - 1) + text + (kind === 'fragment' ? 'export {};\n' : '');
}

/** Names that fragments may use without declaring them. */
const PRELUDE = `
declare global {
  const pool: import('holdfast').Pool;
  const Pool: typeof import('holdfast').Pool;
  const attemptsOf: typeof import('holdfast').attemptsOf;
}
export {};
`;

const CONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    allowJs: true,
    checkJs: true,
    rewriteRelativeImportExtensions: true,
    rootDir: 'src',
    outDir: 'out',
  },
  include: ['src'],
};

/** Of names that a fragment leaves open, and nothing else. */
const OPEN_NAMES = new Set(['TS2304', 'TS2552', 'TS18004', 'TS7006', 'TS7031', 'TS2307', 'TS2454', 'TS2582']);

/** JavaScript has no types to give: what is implicitly `any` there, or caught, is no mistake. */
const UNTYPED = /^TS(?:70\d\d|18046)$/;

/** Directory of the examples, within the project so that they can import the package by its name. */
export interface Workshop {
  /** Where the compiled examples are. */
  readonly out: string;
  /** Messages of the compiler, each beginning with page and line. */
  readonly problems: readonly string[];
  remove(): void;
}

let workshops = 0;

/** Writes and compiles all examples. A mistake of syntax in one keeps the compiler from checking the types of any. */
export function compile(examples: readonly Example[]): Workshop {
  const dir = `${root}.cache/examples-${process.pid}-${++workshops}`;
  rmSync(dir, { recursive: true, force: true });
  for (const { file, text } of examples) write(`${dir}/src/${file}`, text);
  write(`${dir}/src/prelude.d.ts`, PRELUDE);
  write(`${dir}/tsconfig.json`, JSON.stringify(CONFIG));
  const tsc = spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', dir, '--pretty', 'false'], {
    cwd: `${dir}/src`,
    encoding: 'utf8',
  });
  const byFile = new Map(examples.map((example) => [example.file, example]));
  const problems = `${tsc.stdout}${tsc.stderr}`
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(' '))
    .flatMap((line) => {
      const [, file, at, code, message] = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(line) ?? [];
      const example = byFile.get((file ?? '').replaceAll('\\', '/').replace(/^.*\/src\//, ''));
      if (example?.kind === 'fragment' && OPEN_NAMES.has(code!)) return [];
      if (/\.[cm]?js$/.test(file ?? '') && UNTYPED.test(code!)) return [];
      return [example === undefined ? line : `${example.page}:${at}: ${code} ${message}`];
    });
  return { out: `${dir}/out`, problems, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Runs a compiled example; returns what it printed. @param env besides that of this program @throws if it fails */
export function run(workshop: Workshop, { file, page, line }: Example, env: Readonly<Record<string, string>> = {}): string {
  const path = `${workshop.out}/${file.replace(/\.([cm]?)ts$/, '.$1js')}`;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [path], {
    cwd: dirname(path),
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(`${page}:${line} ended with ${signal ?? status}\n${stdout}${stderr}`);
  return stdout;
}
