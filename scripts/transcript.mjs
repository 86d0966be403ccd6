// Runs the session that docs/batch.md shows, and writes what was seen into the page, between its two markers.
//   npm run build && node scripts/transcript.mjs
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}docs/batch.md`;
const directory = `${root}.cache/transcript`;
rmSync(directory, { recursive: true, force: true });
mkdirSync(`${directory}/bin`, { recursive: true });
symlinkSync(`${root}dist/cli/main.js`, `${directory}/bin/holdfast`);
symlinkSync(`${root}dist/examples/batch/parse.js`, `${directory}/parse.js`);
const env = { ...process.env, PATH: `${directory}/bin:${process.env.PATH}`, LC_ALL: 'C' };
for (const name of Object.keys(env)) if (name.startsWith('npm_')) delete env[name];

let session = '';

/** Types a command; `meanwhile` may do something to it while it runs. Shows what it wrote and its exit code. */
async function type(command, meanwhile) {
  session += `$ ${command}\n`;
  const shell = spawn('sh', ['-c', `trap : INT; exec 2>&1; ${command}`], { cwd: directory, env, detached: true });
  let text = '';
  shell.stdout.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  const ended = new Promise((resolve) => shell.once('close', resolve));
  await meanwhile?.(shell.pid);
  const code = await ended;
  session += text;
  if (code !== 0) session += `(exit code ${code})\n`;
  session += '\n';
  return text;
}

/** Waits until the file has so many bytes. */
async function grown(name, bytes) {
  const path = `${directory}/${name}`;
  while (!existsSync(path) || statSync(path).size < bytes) await new Promise((resolve) => setTimeout(resolve, 5));
}

const remark = (text) => {
  session += `# ${text}\n`;
};
const managerOf = (name) => JSON.parse(readFileSync(`${directory}/${name}.lock`, 'utf8')).pid;

remark('Every JavaScript file below node_modules, one a line.');
const names = String.raw`\( -name '*.js' -o -name '*.mjs' -o -name '*.cjs' \)`;
await type(`find -L ../../node_modules -type f ${names} | sort | sed 's/.*/{"path":"&"}/' > files.ndjson`);
await type('wc -l < files.ndjson');
await type('tail -n 1 files.ndjson');

remark('Parse them all as scripts. After a while, Ctrl-C.');
const interrupted = await type('holdfast run parse.js files.ndjson -o trees.ndjson --ordered', async (pid) => {
  await grown('trees.ndjson', 10_000);
  process.kill(-pid, 'SIGINT');
});

remark('The command that it has printed, pasted. Meanwhile somebody kills the manager with kill -9.');
await type(/To go on:\n {2}(.+)\n/.exec(interrupted)[1], async () => {
  await grown('trees.ndjson', 50_000);
  process.kill(managerOf('trees.ndjson'), 'SIGKILL');
});

remark('Why are these dead letters?');
await type(`head -n 1 trees.failed.ndjson | cut -c 1-330`);

remark('They are modules. Only the dead letters are fed back in, to another export of the same file.');
await type('holdfast run parse.js trees.failed.ndjson --dead-letters --name parseModule -o modules.ndjson --ordered');
await type('head -n 1 modules.ndjson');

remark('What is left is neither (it is JSX). "origin" is the index that it had in the first job.');
await type('cut -d , -f 1,2,4 modules.failed.ndjson');

remark('Are the results those of a run without Ctrl-C and kill -9?');
await type('holdfast run parse.js files.ndjson -o calm.ndjson --ordered --quiet');
await type('cmp trees.ndjson calm.ndjson && echo the same, byte for byte');

remark('And the first job once more: there is nothing left to do.');
await type('holdfast run parse.js files.ndjson -o trees.ndjson --ordered --resume');

const shown = session.trimEnd().replaceAll(directory, '.');
const [begin, end] = ['<!-- transcript: begin -->', '<!-- transcript: end -->'];
const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(begin);
writeFileSync(page, `${before}${begin}\n\`\`\`console\n${shown}\n\`\`\`\n${end}${rest.split(end)[1]}`);
console.log(shown);
rmSync(directory, { recursive: true, force: true });
const { status } = spawnSync('git', ['diff', '--stat', '--', page], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 0);
