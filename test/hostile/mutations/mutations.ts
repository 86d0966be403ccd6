import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { huntAll, Mutant } from '../../mutants/mutant.ts';
import { FUZZ_MUTATIONS } from './mutations-list.ts';

// Switches off what keeps a stranger's words from doing harm, one protection at a time, and fuzzes until that is noticed.
//   npm run fuzz:mutations [-- --rounds COUNT] [--only PART-OF-A-NAME] [--seed FIRST]
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
  },
});
/** Seconds without a new round; where the mutant hangs, that is noticed too. */
const PATIENCE = 300;
const mutant = new Mutant('fuzz-mutant', ['hostile']);

/** The round that has noticed, counted from 1, and what it said. */
async function hunt(): Promise<{ readonly took: number; readonly said: string } | undefined> {
  const main = new URL('test/hostile/mutations/round.js', mutant.place).pathname;
  const child = spawn(process.execPath, ['--stack-trace-limit=3', main, values.seed, values.rounds]);
  let text = '';
  const hangs = (): boolean => child.kill('SIGKILL');
  let timer = setTimeout(hangs, PATIENCE * 1000);
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    clearTimeout(timer);
    timer = setTimeout(hangs, PATIENCE * 1000);
  });
  child.stderr.resume();
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once('close', (...how) => resolve(how)));
  clearTimeout(timer);
  const rounds = text.match(/^round/gm)?.length ?? 0;
  const said = /^noticed: (.*)$/m.exec(text)?.[1];
  if (said !== undefined) return { took: rounds, said: said.slice(0, 110).replaceAll('|', '/') };
  if (signal !== null) return { took: rounds, said: `it hung in this round` };
  return code === 0 ? undefined : { took: rounds, said: `it died with exit code ${code}` };
}

await huntAll(
  FUZZ_MUTATIONS.filter(({ name }) => name.includes(values.only)),
  mutant,
  'rounds',
  hunt,
);
