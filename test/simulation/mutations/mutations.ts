import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { NODE_MUTATIONS } from '../../nodes/simulation/mutations.ts';
import { MUTATIONS, type Mutation } from './mutations-list.ts';

// Switches protections off, one at a time, in a copy of the compiled code, and has seeds simulated until one of them notices.
//   npm run simulate:mutations [-- --nodes] [--seeds COUNT] [--only PART-OF-A-NAME]
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '3000' },
    nodes: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    patience: { type: 'string', default: '60' },
  },
});
const dist = new URL('../../../', import.meta.url);
// Within the project, so that its packages are found.
const copy = new URL('../.cache/mutant/', dist);

/** @throws {Error} if the text is not there: the mutation says nothing any more, and has to be written anew */
function mutate({ name, file, find, put }: Mutation): void {
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  cpSync(new URL('src', dist), new URL('src', copy), { recursive: true });
  for (const room of ['test/simulation', 'test/nodes']) cpSync(new URL(room, dist), new URL(room, copy), { recursive: true });
  cpSync(new URL('../package.json', dist), new URL('../package.json', copy)); // Where the copy believes its package to be.
  const place = new URL(`src/${file}`, copy);
  const text = readFileSync(place, 'utf8');
  if (!text.includes(find)) throw new Error(`${name}: Expected dist/src/${file} to hold the text below. It does not.\n${find}`);
  writeFileSync(place, text.replaceAll(find, put));
}

/** The seed that has noticed, counted from 1, and what it said. */
async function hunt(): Promise<{ readonly seeds: number; readonly said: string } | undefined> {
  const main = new URL(values.nodes ? 'test/nodes/simulation/main.js' : 'test/simulation/main.js', copy).pathname;
  const child = spawn(process.execPath, [main, '--seeds', `1-${values.seeds}`, '--first', '--patience', values.patience]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  child.stderr.pipe(process.stderr);
  await new Promise((resolve) => child.once('close', resolve));
  const found = /^seed (\d+): (.*)$/m.exec(text);
  if (found === null && !/^\| violations \| 0 \|$/m.test(text)) throw new Error(`Expected a table. Got:\n${text}`);
  return found === null ? undefined : { seeds: Number(found[1]), said: found[2]!.slice(0, 120) };
}

const missed: string[] = [];
console.log('| mutation | seeds | what was noticed first |\n|---|---:|---|');
for (const mutation of (values.nodes ? NODE_MUTATIONS : MUTATIONS).filter(({ name }) => name.includes(values.only))) {
  mutate(mutation);
  const found = await hunt();
  if (found === undefined) missed.push(mutation.name);
  console.log(`| ${mutation.name} | ${found?.seeds ?? `more than ${values.seeds}`} | ${found?.said ?? '**nothing**'} |`);
}
rmSync(copy, { recursive: true, force: true });
if (missed.length > 0) {
  console.error(`Nobody noticed: ${missed.join(', ')}. An invariant is missing.`);
  process.exitCode = 1;
}
