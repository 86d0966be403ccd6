import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { huntAll, Mutant, type Mutation } from '../../mutants/mutant.ts';
import { NODE_MUTATIONS } from '../../nodes/simulation/mutations.ts';
import { MUTATIONS } from './mutations-list.ts';

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
const mutant = new Mutant('mutant', ['simulation', 'nodes', 'mutants']);

/** The seed that has noticed, counted from 1, and what it said. */
async function hunt({ from = 1 }: Mutation): Promise<{ readonly took: number; readonly said: string } | undefined> {
  const main = new URL(values.nodes ? 'test/nodes/simulation/main.js' : 'test/simulation/main.js', mutant.place).pathname;
  const child = spawn(process.execPath, [
    main,
    '--seeds',
    `${from}-${from + Number(values.seeds) - 1}`,
    '--first',
    '--patience',
    values.patience,
  ]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  child.stderr.pipe(process.stderr);
  await new Promise((resolve) => child.once('close', resolve));
  const found = /^seed (\d+): (.*)$/m.exec(text);
  if (found === null && !/^\| violations \| 0 \|$/m.test(text)) throw new Error(`Expected a table. Got:\n${text}`);
  return found === null ? undefined : { took: Number(found[1]) - from + 1, said: found[2]!.slice(0, 120) };
}

await huntAll(
  (values.nodes ? NODE_MUTATIONS : MUTATIONS).filter(({ name }) => name.includes(values.only)),
  mutant,
  'seeds',
  hunt,
);
