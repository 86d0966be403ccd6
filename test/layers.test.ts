import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MAY_IMPORT, OWNED, WITHIN } from './rooms.ts';

const root = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(root, { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => /\.(?:c?ts|tsx)$/.test(name));

test('the root of src holds the public names, and nothing else', () => {
  assert.deepEqual(
    files.filter((file) => !file.includes('/')),
    ['index.ts'],
  );
});

/** What is written by hand: code, tests, scripts and style sheets. */
const everything = ['src', 'test', 'bench', 'examples', 'scripts'].flatMap((place) =>
  readdirSync(join(root, '..', place), { recursive: true })
    .map((name) => `${place}/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => /\.(?:[cm]?[jt]s|tsx|css)$/.test(name) && !/\bnode_modules\b/.test(name)),
);

test('no folder holds more files than one can take in', () => {
  const sizes = new Map<string, number>();
  for (const file of everything) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
  for (const [folder, size] of sizes) assert.ok(size <= 18, `${folder} has ${size} files; above 18 it asks for rooms of its own`);
});

test('every file fits in the head', () => {
  const lines = (file: string): number => readFileSync(join(root, '..', file), 'utf8').split('\n').length - 1;
  const long = everything.filter((file) => lines(file) > 250);
  assert.deepEqual(long, [], 'above 250 lines it asks for a room of its own');
});

test('every room has its line, and every line its room', () => {
  const rooms = new Set(files.map((file) => file.split('/')[0]!));
  assert.deepEqual([...rooms].sort(), Object.keys(MAY_IMPORT).sort());
  const inner = new Set(files.map((file) => dirname(file)).filter((folder) => folder.includes('/')));
  assert.deepEqual([...inner].sort(), Object.keys(WITHIN).sort());
});

test('ARCHITECTURE.md says the same', () => {
  const text = readFileSync(join(root, '../ARCHITECTURE.md'), 'utf8');
  const names = (cell: string): string[] => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!);
  const table = Array.from(text.matchAll(/^\| `([\w.]+)\/?` \| .* \| ([^|]*) \|$/gm), ([, room, cell]) => {
    const [values, types] = cell!.split('types of');
    return [room!, [...names(values!), ...names(types ?? '').map((name) => `type ${name}`)].sort()] as const;
  });
  assert.deepEqual(
    Object.fromEntries(table),
    Object.fromEntries(Object.entries(MAY_IMPORT).map(([room, entries]) => [room, [...entries].sort()])),
  );
});

const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^;']*?from\s+)?'([^']+)'/gm;

interface Import {
  readonly from: string;
  /** A file of `src`, or the name of a package. */
  readonly target: string;
  readonly isOurs: boolean;
  readonly asType: boolean;
}

const imports: readonly Import[] = files.flatMap((from) =>
  Array.from(readFileSync(join(root, from), 'utf8').matchAll(IMPORT), ([, type, name]) => {
    const isOurs = name!.startsWith('.');
    return { from, target: isOurs ? normalize(join(dirname(from), name!)) : name!, isOurs, asType: type !== undefined };
  }),
);

/** Groups of nodes, of more than one, of which each leads to each other one. */
function circlesIn(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reached = new Map<string, Set<string>>();
  for (const start of arrows.keys()) {
    const seen = new Set<string>();
    for (const open = [start]; open.length > 0; ) {
      for (const next of arrows.get(open.pop()!) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    }
    reached.set(start, seen);
  }
  const groups = Array.from(reached, ([node, seen]) => [...seen].filter((other) => reached.get(other)?.has(node)).sort());
  return [...new Set(groups.filter((group) => group.length > 0).map((group) => group.join(' <-> ')))].map((text) => text.split(' <-> '));
}

/** What lies in a folder, its files and its folders, and which of them imports which, types included. */
function arrowsIn(folder: string, all: readonly Pick<Import, 'from' | 'target'>[]): Map<string, Set<string>> {
  const entryOf = (file: string): string | undefined =>
    folder === '.' ? file.split('/')[0] : file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split('/')[0] : undefined;
  const arrows = new Map<string, Set<string>>();
  for (const { from, target } of all) {
    const [one, other] = [entryOf(from), entryOf(target)];
    if (one === undefined || other === undefined || one === other) continue;
    arrows.set(one, (arrows.get(one) ?? new Set()).add(other));
  }
  return arrows;
}

const folders = new Set(files.flatMap((file) => file.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/') || '.')));
const ours = imports.filter(({ isOurs }) => isOurs);

for (const folder of folders) {
  test(`in ${folder === '.' ? 'src' : folder}, no files and folders import each other in a circle`, () => {
    assert.deepEqual(circlesIn(arrowsIn(folder, ours)), []);
  });
}

test('a circle of folders is found, of types too and through a third', () => {
  const added = [
    ...ours,
    { from: 'core/wire/wire.ts', target: 'core/attempt.ts' },
    { from: 'core/attempt.ts', target: 'core/wire/codec.ts' },
  ];
  assert.match(JSON.stringify(circlesIn(arrowsIn('core', added))), /attempt\.ts.*wire/);
  const [one, two, three] = ['a/x/1.ts', 'a/y/1.ts', 'a/2.ts'] as const;
  const round = [
    { from: one, target: two },
    { from: 'a/y/other.ts', target: three },
    { from: three, target: 'a/x/other.ts' },
  ];
  assert.deepEqual(circlesIn(arrowsIn('a', round)), [['2.ts', 'x', 'y']]);
  assert.deepEqual(circlesIn(arrowsIn('a', round.slice(1))), []);
});

/** Whether an import of `target` is covered by one of the entries: its room, a room around that, or the file itself. */
function isAllowed(target: string, asType: boolean, entries: readonly string[]): boolean {
  return entries.some((entry) => {
    const onlyType = entry.startsWith('type ');
    const place = onlyType ? entry.slice('type '.length) : entry;
    return (asType || !onlyType) && (target === place || target.startsWith(`${place}/`));
  });
}

/** The line that an import has to keep to; undefined: it stays within a folder. */
function lineFor({ from, target }: Import): string | undefined {
  const room = from.split('/')[0]!;
  if (target.split('/')[0] !== room) return room;
  return dirname(target) === dirname(from) || dirname(from) === room ? undefined : dirname(from);
}

for (const file of files) {
  test(`${file} imports only what its room may`, () => {
    const room = file.split('/')[0]!;
    for (const each of imports.filter(({ from }) => from === file)) {
      const { target, isOurs, asType } = each;
      const owner = OWNED[target];
      if (owner !== undefined) assert.equal(room, owner, `${file} imports ${target}, which belongs to ${owner}/`);
      if (!isOurs)
        assert.ok(owner !== undefined || isBuiltin(target), `${file} imports ${target}, which no room owns: give it a line in OWNED`);
      const line = isOurs ? lineFor(each) : undefined;
      if (line === undefined) continue;
      const allowed = MAY_IMPORT[line] ?? WITHIN[line]!;
      assert.ok(
        isAllowed(target, asType, allowed),
        `${file} imports ${asType ? 'type ' : ''}${target}; ${line} may import ${allowed.join(', ') || 'nothing of ours'}`,
      );
    }
  });
}

test('no line allows what is not made use of', () => {
  const idle = Object.entries({ ...MAY_IMPORT, ...WITHIN }).flatMap(([line, entries]) => {
    const under = ours.filter((each) => lineFor(each) === line);
    const isNeeded = (entry: string): boolean => {
      const others = entries.filter((other) => other !== entry);
      return under.some(({ target, asType }) => isAllowed(target, asType, [entry]) && !isAllowed(target, asType, others));
    };
    return entries.filter((entry) => !isNeeded(entry)).map((entry) => `${line}: ${entry}`);
  });
  assert.deepEqual(idle, []);
});
