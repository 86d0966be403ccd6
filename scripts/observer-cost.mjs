// What the observer costs: throughput of no-ops with no page, one page and ten pages open, in one interleaved run. The pages are read in another process.
import { fork } from 'node:child_process';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `What the observer costs; npm run build first.

  node scripts/observer-cost.mjs [options]

  --rounds <n>   rounds of one slice each: no page, one, ten, in changing order (default: 20)
  --slice <ms>   length of a slice (default: 1000)
  --memory       instead, the heap of a program under load with a page open, sampled each round, with its slope
  --help         this
`;
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    slice: { type: 'string', default: '1000' },
    memory: { type: 'boolean', default: false },
    reader: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** The other process: opens as many streams as it is told, and reads them as a page would, without drawing. */
function read() {
  const open = [];
  process.on('message', async ({ url, count }) => {
    while (open.length > count) open.pop().destroy();
    while (open.length < count) {
      const request = get(`${url}events`, (answer) => answer.resume());
      request.on('error', () => {});
      await new Promise((resolve) => request.once('response', resolve));
      open.push(request);
    }
    process.send('ready');
  });
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean and 95 % interval of paired ratios. */
function interval(ratios) {
  const logs = ratios.map(Math.log);
  const middle = mean(logs);
  const spread = Math.sqrt(mean(logs.map((log) => (log - middle) ** 2)) / (logs.length - 1));
  const percent = (log) => `${((Math.exp(log) - 1) * 100).toFixed(1)} %`;
  return `${percent(middle)} (${percent(middle - 2.1 * spread)} to ${percent(middle + 2.1 * spread)})`;
}

async function measure() {
  const { Pool } = await import('../dist/src/index.js');
  const { observe } = await import('../dist/src/observe/index.js');
  const pool = new Pool({ filename: new URL('./observer-tasks.mjs', import.meta.url), threads: 2, spares: 0 });
  await pool.ready();
  const page = await observe(pool);
  const reader = fork(fileURLToPath(import.meta.url), ['--reader']);
  const pages = async (count) => {
    reader.send({ url: page.url, count });
    await new Promise((resolve) => reader.once('message', resolve));
  };
  let running = true;
  const load = Promise.all(
    Array.from({ length: 256 }, async () => {
      while (running) await pool.run(1);
    }),
  );
  await wait(2_000);
  if (options.memory) await memory(pool, pages);
  else await paired(pool, pages);
  running = false;
  await load;
  reader.kill();
  await page.close();
  await pool.close();
}

async function slice(pool) {
  // What a page costs once, its first snapshot, is over by then.
  await wait(800);
  const [tasks, cpu, at] = [pool.stats().fulfilled, process.cpuUsage(), performance.now()];
  await wait(Number(options.slice));
  const { user, system } = process.cpuUsage(cpu);
  const done = pool.stats().fulfilled - tasks;
  return { rate: (done / (performance.now() - at)) * 1_000, cpu: (user + system) / done };
}

async function paired(pool, pages) {
  const modes = [0, 1, 10];
  const seen = new Map(modes.map((mode) => [mode, []]));
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const mode of round % 2 === 0 ? modes : modes.toReversed()) {
      await pages(mode);
      seen.get(mode).push(await slice(pool));
    }
  }
  const base = seen.get(0);
  for (const mode of modes) {
    const all = seen.get(mode);
    const line = `${String(mode).padStart(2)} pages  ${Math.round(mean(all.map(({ rate }) => rate)) / 1_000)} k tasks/s`;
    if (mode === 0) console.log(line);
    else
      console.log(
        `${line}  throughput ${interval(all.map(({ rate }, i) => rate / base[i].rate))}  CPU a task ${interval(all.map(({ cpu }, i) => cpu / base[i].cpu))}`,
      );
  }
}

async function memory(pool, pages) {
  await pages(1);
  const heaps = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    await slice(pool);
    globalThis.gc?.();
    heaps.push(process.memoryUsage().heapUsed / 1_048_576);
    console.log(`${round}  ${pool.stats().fulfilled} tasks  ${heaps.at(-1).toFixed(1)} MB`);
  }
  const late = heaps.slice(Math.floor(heaps.length / 3));
  const middle = (late.length - 1) / 2;
  const slope = late.reduce((sum, heap, i) => sum + (i - middle) * heap, 0) / late.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  console.log(`slope ${(slope * (3_600_000 / (Number(options.slice) + 800))).toFixed(2)} MB an hour`);
}

if (options.help) process.stdout.write(HELP);
else if (options.reader) read();
else await measure();
