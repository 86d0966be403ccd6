// Runs the demo, and writes what it ends with into the README, between its two markers.
//   npm run build && node scripts/readme-demo.mjs
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { status, stdout } = spawnSync(process.execPath, [`${root}dist/examples/parse/demo.js`], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (status !== 0) {
  console.error('The demo failed; the README is as it was.');
  process.exit(1);
}
const [start, end] = ['<!-- demo:start -->', '<!-- demo:end -->'];
const readme = readFileSync(`${root}README.md`, 'utf8');
const [head, rest] = readme.split(start);
const tail = rest?.split(end)[1];
if (tail === undefined) {
  console.error(`Expected ${start} and ${end} in README.md, in that order. Put them where the demo's table belongs.`);
  process.exit(1);
}
writeFileSync(`${root}README.md`, `${head}${start}\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n${end}${tail}`);
