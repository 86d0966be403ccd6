// Eight real jobs, done by the command line and by the tools that people use instead: how long, what came back, what was said.
//   npm run bench:jobs -- [--scale 1] [--job name]... [--write]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { type RealJob, TOOLS } from './job.ts';
import { faults, poison } from './list/faults.ts';
import { hashes } from './list/hashes.ts';
import { images } from './list/images.ts';
import { large, piped } from './list/large.ts';
import { logs } from './list/logs.ts';
import { orders } from './list/orders.ts';
import { jobText, overview, type Row } from './report.ts';
import { runShell } from './shell.ts';

const JOBS: readonly RealJob[] = [logs, hashes, orders, images, faults, poison, large, piped];
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = join(ROOT, 'docs/internals/real-jobs.md');
/** Seconds after which a tool that hangs is killed. */
const LIMIT = 600;

/** A directory in which the commands of the table work as they stand there. */
function stage(): { readonly directory: string; readonly env: NodeJS.ProcessEnv } {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-jobs-'));
  const bin = join(directory, '.bin');
  mkdirSync(bin);
  symlinkSync(join(ROOT, 'dist/cli/main.js'), join(bin, 'holdfast'));
  symlinkSync(process.execPath, join(bin, 'node'));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  for (const from of ['dist/bench/jobs', 'dist/bench/jobs/tasks']) {
    for (const name of readdirSync(join(ROOT, from))) if (name.endsWith('.js')) symlinkSync(join(ROOT, from, name), join(directory, name));
  }
  return { directory, env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, LC_ALL: 'C' } };
}

async function run(job: RealJob, scale: number): Promise<Row[]> {
  const { directory, env } = stage();
  process.chdir(directory);
  const rows: Row[] = [];
  try {
    const prepared = await job.prepare(scale);
    for (const tool of TOOLS) {
      for (const name of ['out', 'out.failed', 'failed.ndjson', 'out.failed.ndjson']) rmSync(name, { force: true });
      job.again?.();
      writeFileSync('out', '');
      const ran = await runShell(job.lines[tool], env, LIMIT);
      rows.push({ job, prepared, tool, ran, came: await check(job, prepared, ran.said) });
      const { right, missing } = rows.at(-1)!.came;
      console.error(`${job.name}, ${tool}: ${ran.seconds.toFixed(1)} s, ${right} right, ${missing} missing, exit ${ran.exit}`);
    }
  } finally {
    process.chdir(tmpdir());
    rmSync(directory, { recursive: true, force: true });
  }
  return rows;
}

function versions(): string {
  const first = (program: string) => execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0]!;
  return `Node ${process.version}, ${first('parallel')}, ${first('xargs')}, ${first('jq')}, ${availableParallelism()} cores`;
}

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    job: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
  },
});
const wanted = JOBS.filter(({ name }) => values.job.length === 0 || values.job.some((part) => name.includes(part)));
const rows: Row[] = [];
for (const job of wanted) rows.push(...(await run(job, Number(values.scale))));
const parts = wanted.map((job) => jobText(rows.filter((row) => row.job === job)));
const text = [`${versions()}.`, '', overview(rows, TOOLS), ...parts].join('\n');
console.log(text);
if (values.write) {
  const [begin, end] = ['<!-- jobs: begin -->', '<!-- jobs: end -->'];
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(PAGE, `${page.slice(0, page.indexOf(begin) + begin.length)}\n${text}${page.slice(page.indexOf(end))}`);
}
