import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FOUND } from './mends-found.ts';
import { MENDS } from './mends-list.ts';
import { huntAll, Mutant } from './mutant.ts';

// Takes away what mends a fault that was seen in the world, one mend at a time, and runs the test that has to fail without it.
//   npm run mends [-- --only PART-OF-A-NAME]
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
/** Seconds. Where a mend is missing a test may hang, which is a failure too. */
const PATIENCE = 120;
const mutant = new Mutant('mends', ['.']);
const ALL = [...MENDS, ...FOUND];
const mendOf = new Map(ALL.map((mend) => [mend.name, mend]));

await huntAll(
  ALL.filter(({ name }) => name.includes(values.only)),
  mutant,
  'tests that fail',
  async ({ name }) => {
    const { test, soak } = mendOf.get(name)!;
    const file = fileURLToPath(new URL(`test/${test}.test.js`, mutant.place));
    const env = { ...process.env, ...(soak && { HOLDFAST_SOAK: '1' }) };
    const child = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      env,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), PATIENCE * 1000);
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once('close', (...how) => resolve(how)));
    clearTimeout(timer);
    if (signal !== null) return { took: 1, said: `${test}: it hung` };
    if (code === 0) return undefined;
    // The innermost that failed: of a group, its test.
    const failed = [...text.matchAll(/^( *)not ok \d+ - (.*)$/gm)].filter(([, , title]) => !title!.endsWith('.test.js'));
    const depth = Math.max(0, ...failed.map(([, indent]) => indent!.length));
    const titles = failed.filter(([, indent]) => indent!.length === depth).map(([, , title]) => title!);
    return { took: titles.length, said: `${test}: ${titles[0] ?? 'it could not be loaded'}` };
  },
);
