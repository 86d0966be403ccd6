// Runs the compiled tests with node:test. `--soak` runs the long ones instead, `--short` a fiftieth of them; other arguments filter by path.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const soak = args.includes('--soak');
const filters = args.filter((arg) => !arg.startsWith('--'));
const suffix = soak ? '.soak.js' : '.test.js';

const files = readdirSync(new URL('../dist/test', import.meta.url), { recursive: true })
  .map((name) => `dist/test/${String(name).replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith(suffix))
  .filter((name) => filters.length === 0 || filters.some((part) => name.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No compiled test matches ${filters.join(' ') || suffix}; run npm run build first.`);
  process.exit(1);
}
const flags = ['--test', '--test-concurrency=2', `--test-timeout=${soak ? 3_600_000 : 120_000}`, '--test-reporter=spec'];
if (args.includes('--short')) process.env.HOLDFAST_SOAK_SHARE = '0.02';
const { status } = spawnSync(process.execPath, [...flags, ...files], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
