// Counts how far a reader walks through the manager's side of the source: every function says which file it is in when it is entered, and a change of file is a hop.
//   npm run build && node scripts/walks.mjs            the tree that this file is in
//   npm run build && node scripts/walks.mjs <folder>   another tree that is built, such as an older one
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'acorn';

const tree = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
mkdirSync(join(tree, '.cache'), { recursive: true });
const marked = mkdtempSync(join(tree, '.cache', 'walks-'));
cpSync(join(tree, 'dist/src'), marked, { recursive: true });

const isFunction = ({ type }) => /Function(Expression|Declaration)$/.test(type);

/** Every function begins by saying where it is. */
function mark(path, name) {
  const text = readFileSync(path, 'utf8');
  const word = `globalThis.entered?.(${JSON.stringify(name)})`;
  const inserts = [];
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node?.type !== 'string') return;
    if (node.type === 'ArrowFunctionExpression' && node.expression) {
      // The body may stand in parentheses of its own.
      const start = text.indexOf('=>', node.params.at(-1)?.end ?? node.start) + 2;
      inserts.push([start, ` (${word}, `], [node.end, ')']);
    } else if (isFunction(node)) inserts.push([node.body.start + 1, ` ${word};`]);
    for (const [key, value] of Object.entries(node)) if (key !== 'type' && value !== null && typeof value === 'object') visit(value);
  };
  visit(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }));
  let marked = text;
  // At one place the inner function ends before the outer: what closes keeps the order in which it was found, reversed.
  for (const [at, what] of inserts.map((each, n) => [...each, n]).sort((a, b) => b[0] - a[0] || a[2] - b[2]))
    marked = marked.slice(0, at) + what + marked.slice(at);
  writeFileSync(path, marked);
}

for (const entry of readdirSync(marked, { recursive: true }))
  if (entry.endsWith('.js') && !/^(thread|cli|observe)\//.test(entry)) mark(join(marked, entry), entry.slice(0, -'.js'.length));

let walk;
let last;
globalThis.entered = (file) => {
  if (walk === undefined || file === last) return;
  last = file;
  walk.push(file);
};

/** The files in which functions are entered while `of` goes on, each time that the file changes. */
async function walked(of) {
  walk = [];
  last = undefined;
  await of();
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  const taken = walk;
  walk = undefined;
  return taken;
}

/** `core` is the vocabulary, with the clock and the counters: entered from everywhere, and no station of a way. */
const withoutCore = (files) => files.filter((file) => !file.startsWith('core/')).filter((file, n, all) => file !== all[n - 1]);

/** What one more of its kind adds: `few` of them are walked, then `many`. */
async function perOne(of, few = 20, many = 60) {
  const [short, long] = [await of(few), await of(many)];
  const counts = new Map();
  for (const file of long) counts.set(file, (counts.get(file) ?? 0) + 1);
  for (const file of short) counts.set(file, (counts.get(file) ?? 0) - 1);
  const each = [...counts].map(([file, n]) => [file, n / (many - few)]).filter(([, n]) => n >= 0.5);
  const more = (measure) => (measure(long).length - measure(short).length) / (many - few);
  return { hops: more((files) => files), stations: more(withoutCore), each };
}

const scratch = mkdtempSync(join(tree, '.cache', 'walked-'));
const task = join(scratch, 'task.mjs');
writeFileSync(
  task,
  `import { existsSync, writeFileSync } from 'node:fs';
export default (n) => n;
export async function dies(flag) {
  if (existsSync(flag)) return 1;
  writeFileSync(flag, '');
  setTimeout(() => { throw new Error('uncaught'); });
  await new Promise(() => {});
}
`,
);

/** Resolves when this number of further threads of the pool is ready. */
const started = (pool, threads) =>
  new Promise((done) => {
    pool.on('workerStart', () => --threads === 0 && done());
  });

function print(title, { hops, stations, each }) {
  const rooms = new Map();
  for (const [file] of each) rooms.set(file.split('/')[0], (rooms.get(file.split('/')[0]) ?? 0) + 1);
  console.log(
    `${title}: ${each.length} files, ${hops.toFixed(1)} hops, ${stations.toFixed(1)} without core; ${[...rooms].map(([room, n]) => `${room} ${n}`).join(', ')}`,
  );
  const entered = (files) => files.map(([file, n]) => `${file} ${n.toFixed(1)}`).join(', ');
  console.log(`  entered most: ${entered([...each].sort((a, b) => b[1] - a[1]).slice(0, 6))}`);
  console.log(
    `  what joins the parts: ${entered(each.filter(([file]) => /^(pool\/compose|manager|dispatch\/dispatcher|batch\/run)$/.test(file)))}`,
  );
}

const { Pool } = await import(pathToFileURL(join(marked, 'index.js')).href);
try {
  const one = new Pool({ filename: pathToFileURL(task), threads: 1, spares: 0 });
  const runs = (n) =>
    walked(async () => {
      for (let i = 0; i < n; i++) await one.run(i);
    });
  await runs(50);
  print('a run', await perOne(runs));
  await one.close();

  const fragile = new Pool({ filename: pathToFileURL(task), threads: 1, spares: 1, retry: 1, name: 'dies' });
  await Promise.all([started(fragile, 2), fragile.ready()]);
  const death = await walked(() => Promise.all([started(fragile, 1), fragile.run(join(scratch, 'flag'))]));
  const counted = new Map();
  for (const file of death) counted.set(file, (counted.get(file) ?? 0) + 1);
  print('a death, with its retry', { hops: death.length, stations: withoutCore(death).length, each: [...counted] });
  await fragile.close();

  const voters = new Pool({ filename: pathToFileURL(task), threads: 3, spares: 0, redundancy: 3 });
  const votes = (n) =>
    walked(async () => {
      for (let i = 0; i < n; i++) await voters.run(i);
    });
  await votes(50);
  print('a vote of three', await perOne(votes));
  await voters.close();

  const { runBatch } = await import(pathToFileURL(join(marked, 'batch/index.js')).href);
  let jobs = 0;
  const job = (n) => {
    const [input, out] = [join(scratch, `in-${++jobs}.ndjson`), join(scratch, `out-${jobs}.ndjson`)];
    writeFileSync(input, Array.from({ length: n }, (_, i) => `${i}\n`).join(''));
    return walked(() => runBatch({ filename: task, input, out, threads: 1 }));
  };
  print('a batch line', await perOne(job, 200, 600));
} finally {
  rmSync(marked, { recursive: true });
  rmSync(scratch, { recursive: true });
}
