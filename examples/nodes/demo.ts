import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sourceFiles, totalBytes } from '../parse/files.ts';
import { Killer } from './killer.ts';
import { endAll, runJob, startNode, startRedis } from './programs.ts';

/**
 * Parses JavaScript files below a folder (default: node_modules) by `holdfast run` twice: on this machine, and on three nodes of which one after another is
 * killed. With --durable the manager of the job lives on the nodes too, and dies with them. Then it compares the outputs, byte for byte.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    files: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '10' },
    every: { type: 'string', default: '1500' },
    durable: { type: 'boolean', default: false },
  },
});

const task = fileURLToPath(new URL('../parse/task.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
const digest = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
process.once('exit', () => {
  endAll();
  rmSync(folder, { recursive: true, force: true });
});

const files = sourceFiles(Number(values.files), positionals[0]);
writeFileSync(join(folder, 'files.ndjson'), files.map(({ path }) => `${JSON.stringify(path)}\n`).join(''));
const url = await startRedis(folder);
if (url === undefined) {
  console.log('Skipped: this demo needs a redis-server on the path.');
  process.exit(0);
}
console.log(`Parsing ${files.length} files (${(totalBytes(files) / 1_048_576).toFixed(1)} MB) here, then on three nodes that are killed.`);
const job = [task, 'files.ndjson', '--ordered', '--quiet'];
const here = await runJob([...job, '-o', 'here.ndjson'], folder);

const managers = values.durable ? ['--managers', '1'] : [];
const nodes = new Killer(() => startNode(url, task, folder, ['--threads', '2', ...managers]));
await nodes.add(3);
const far = ['--nodes', url, '--threads', '3', '--retry', '20', ...(values.durable ? ['--durable'] : [])];
const work = runJob([...job, '-o', 'there.ndjson', ...far], folder);
await nodes.during(work, Number(values.kills), Number(values.every));
const there = await work;

const agree = digest('here.ndjson') === digest('there.ndjson') && there.summary.done === files.length;
console.log(`  nodes killed          ${nodes.kills}${values.durable ? ', managers with them' : ''}`);
console.log(`  files                 ${there.summary.done} done, ${there.summary.failed} failed, ${there.summary.retries} retries`);
console.log(`  here                  ${seconds(here.summary.ms)}`);
console.log(`  on nodes, with kills  ${seconds(there.summary.ms)}`);
console.log(`  digest here           ${digest('here.ndjson')}`);
console.log(`  digest on nodes       ${digest('there.ndjson')}`);
console.log(agree ? 'The outputs agree, byte for byte.' : 'THE OUTPUTS DIFFER.');
process.exit(agree ? 0 : 1);
