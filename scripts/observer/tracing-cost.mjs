// What tracing costs a task that is not traced: no-ops in the pool as it is, in one whose code for tracing is cut out, and in one with the option but no tracer.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { interval, mainThread, mean, wait } from './pairs.mjs';

const HELP = `What tracing costs where nobody traces; npm run build first.

  node scripts/observer/tracing-cost.mjs [options]

  --rounds <n>   rounds of one slice each, in changing order (default: 60)
  --slice <ms>   length of a slice (default: 500)
  --help         this
`;
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '60' },
    slice: { type: 'string', default: '500' },
    seat: { type: 'string' },
    from: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEATS = ['cut out', 'as it is', 'option, no tracer'];
/** Lines of the hot path that look for a tracer. */
const LOOKS = [
  ['dispatch/outcomes/attempt-ends.js', /this\.#tracer\?\.ended\([^;]*\);/],
  ['dispatch/feeding/feeder.js', /this\.#tracer\?\.sent\([^;]*\);/],
];

/** A copy of the package without these lines. */
function cutOut() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cut-'));
  cpSync(join(ROOT, 'dist/src'), join(folder, 'dist/src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, look] of LOOKS) {
    const path = join(folder, 'dist/src', file);
    const text = readFileSync(path, 'utf8');
    if (!look.test(text)) throw new Error(`Expected ${look} in ${file}. The measurement has to follow the code.`);
    writeFileSync(path, text.replace(look, ''));
  }
  return folder;
}

/** One seat: a pool that works while it is told to. */
async function sit() {
  const at = (file) => pathToFileURL(join(options.from, 'dist/src', file)).href;
  const { Pool } = await import(at('index.js'));
  const { otel } = await import(at('adapters/otel/index.js'));
  const tracing = options.seat === 'option, no tracer' ? otel() : undefined;
  const pool = new Pool({ filename: new URL('./tasks.mjs', import.meta.url), threads: 2, spares: 0, tracing });
  await pool.ready();
  process.on('message', async (ms) => {
    const until = performance.now() + ms;
    const caller = async () => {
      while (performance.now() < until) await pool.run(1);
    };
    const [tasks, cpu, from] = [pool.stats().fulfilled, mainThread(), performance.now()];
    await Promise.all(Array.from({ length: 256 }, caller));
    const done = pool.stats().fulfilled - tasks;
    process.send({ rate: (done / (performance.now() - from)) * 1_000, cpu: (mainThread() - cpu) / done });
  });
  process.once('disconnect', () => process.exit());
  process.send('ready');
}

async function measure() {
  const folder = cutOut();
  const seats = [];
  for (const seat of SEATS) {
    const from = seat === 'cut out' ? folder : ROOT;
    const child = fork(fileURLToPath(import.meta.url), ['--seat', seat, '--from', from]);
    await once(child, 'message');
    seats.push({ seat, child, seen: [] });
  }
  const turn = async ({ child, seen }, ms) => {
    child.send(ms);
    const [figures] = await once(child, 'message');
    seen?.push(figures);
  };
  for (const { child } of seats) await turn({ child }, 2_000);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const seat of round % 2 === 0 ? seats : seats.toReversed()) await turn(seat, Number(options.slice));
    await wait(20);
  }
  const [base] = seats;
  for (const { seat, seen } of seats) {
    const against = (what) => interval(seen.map((one, i) => one[what] / base.seen[i][what]));
    const line = `${seat.padEnd(18)} ${Math.round(mean(seen.map(({ rate }) => rate)) / 1_000)} k tasks/s`;
    console.log(seat === base.seat ? line : `${line}  throughput ${against('rate')}  CPU a task, main thread ${against('cpu')}`);
  }
  for (const { child } of seats) child.disconnect();
  rmSync(folder, { recursive: true });
}

if (options.help) process.stdout.write(HELP);
else if (options.seat !== undefined) await sit();
else await measure();
