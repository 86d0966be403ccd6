import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './markdown.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The names that an entry exports, each with the file that declares it. */
function* exportsOf(entry: string): Generator<{ readonly name: string; readonly file: string }> {
  for (const [, names, from] of read(entry).matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm))
    for (const name of names!.split(',').map((each) => each.trim().replace(/^type /, '')))
      if (name !== '') yield { name: name.split(' as ')[0]!, file: join(dirname(entry), from!) };
  for (const [, name] of read(entry).matchAll(/^export (?:abstract |async )?(?:class|interface|function|const|type) (\w+)/gm))
    yield { name: name!, file: entry };
}

/** A member of an interface or a class: indented once, and neither private nor taken over from a class that it extends. */
const MEMBER = /^ {2}(?:(?:readonly|static|async|get) )*([A-Za-z]\w*|\[Symbol\.\w+\])(?=[?(:<]| =|;)/;

/** The comment that ends before this line. */
function commentBefore(lines: readonly string[], line: number): string {
  let first = line - 1;
  while (first > 0 && !lines[first]!.trimStart().startsWith('/**')) first--;
  return lines.slice(first, line).join('\n');
}

/** What has no doc comment: the declaration, or members of it; and what an option is without being given. */
function uncommented(name: string, file: string): string[] {
  const lines = read(file).split('\n');
  const isDeclared = new RegExp(`^export (?:abstract |async )?(?:class|interface|function|const|type) ${name}\\b`);
  const at = lines.findIndex((line) => isDeclared.test(line));
  if (at < 0) return [];
  const hasComment = (line: number): boolean => {
    const before = lines[line - 1]!;
    return before.trimEnd().endsWith('*/') || (before.trimStart().startsWith('// biome-ignore') && hasComment(line - 1));
  };
  const missing = hasComment(at) ? [] : [name];
  if (!/ (?:class|interface) |^export type .* = \{$/.test(lines[at]!)) return missing;
  if (/^(?:Filled|Resolved)/.test(name)) return missing; // Its members are described where they are options.
  const isOptions = /(?:Options|Restart|Limits|Spec|Template|Settings|Handlers)$/.test(name);
  for (let line = at + 1; !lines[line]!.startsWith('}') && line < lines.length; line++) {
    const member = MEMBER.exec(lines[line]!)?.[1];
    if (member === undefined || member === 'constructor') continue;
    if (!hasComment(line)) missing.push(`${name}.${member}`);
    else if (
      isOptions &&
      /^\?[:(]/.test(lines[line]!.slice(lines[line]!.indexOf(member) + member.length)) &&
      !/@default/.test(commentBefore(lines, line))
    )
      missing.push(`${name}.${member}: @default`);
  }
  return missing;
}

/** The source of an entry of the package, by where its types are. */
const entries = [...JSON.stringify(JSON.parse(read('package.json')).exports).matchAll(/"\.\/dist\/src\/([^"]+)\.d\.ts"/g)].map(
  ([, path]) => `src/${path}.ts`,
);

describe('what the package exports has a doc comment, down to every member, and options their defaults', () => {
  for (const entry of new Set(entries))
    it(entry, () => {
      const exported = [...exportsOf(entry)];
      assert.ok(exported.length > 0);
      assert.deepEqual(
        exported.flatMap(({ name, file }) => uncommented(name, file)),
        [],
      );
    });
});
