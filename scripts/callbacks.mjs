// Counts by what the parts of a room call each other without naming each other:
//   node scripts/callbacks.mjs [folder below src, default dispatch] [another tree]
// A callback is a function that a part is handed in place of a part: a function among the members of a type, or a constructor's parameter that is one.
// Members of an interface that a class implements by name are counted apart: there "go to implementation" leads on.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-5.4';

const room = process.argv[2] ?? 'dispatch';
const src = join(resolve(process.argv[3] ?? fileURLToPath(new URL('..', import.meta.url))), 'src');
const sources = readdirSync(src, { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [name, ts.createSourceFile(name, readFileSync(join(src, name), 'utf8'), ts.ScriptTarget.Latest, true)]);

/** Every node below this one. */
function* below(node) {
  yield node;
  const children = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* below(child);
}

const implemented = new Set();
for (const [, source] of sources)
  for (const node of below(source))
    if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword)
      for (const { expression } of node.types) implemented.add(expression.getText());

/** A type that is a function, given or not. */
const isFunction = (type) =>
  type !== undefined &&
  (ts.isFunctionTypeNode(type) ||
    (ts.isUnionTypeNode(type) && type.types.some((one) => isFunction(ts.isParenthesizedTypeNode(one) ? one.type : one))));

const [loose, named] = [[], []];
for (const [name, source] of sources) {
  if (!name.startsWith(`${room}/`)) continue;
  for (const node of below(source)) {
    if (ts.isParameter(node) && ts.isConstructorDeclaration(node.parent) && isFunction(node.type))
      loose.push(`${name}: ${node.name.getText()}`);
    if (!ts.isMethodSignature(node) && !(ts.isPropertySignature(node) && isFunction(node.type))) continue;
    const owner = ts.isInterfaceDeclaration(node.parent) ? node.parent.name.text : '{}';
    (implemented.has(owner) ? named : loose).push(`${name}: ${owner}.${node.name.getText()}`);
  }
}
console.log(`${room}: ${loose.length} callbacks, ${named.length} members of interfaces that a class implements`);
for (const [title, list] of [
  ['callbacks', loose],
  ['by a class', named],
])
  for (const each of list) console.log(`  ${title}  ${each}`);
