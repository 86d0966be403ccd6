// Memory of a page that is left open under load, and of the program that it shows: both heaps after a collection, sampled for minutes, with their slope.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { SCENES, serve } from './scenes.mjs';

const HELP = `Memory of a page that is left open; npm run build first.

  node scripts/observer/memory.mjs [options]

  --minutes <n>      how long (default: 10)
  --filled <n>       minutes until all that is kept is full, after which the slope is taken (default: 6)
  --scene <name>     ${Object.keys(SCENES).join(', ')} (default: faults)
  --browser <path>   a chromium (default: $HOLDFAST_CHROMIUM or /usr/bin/chromium)
  --help             this
`;
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    filled: { type: 'string', default: '6' },
    scene: { type: 'string', default: 'faults' },
    browser: { type: 'string', default: process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium' },
    program: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** Milliseconds between two samples. */
const EVERY = 15_000;
const MB = 1_048_576;

/** The other process: the pool, which tells its heap when it is asked. */
async function program() {
  process.on('message', () => {
    globalThis.gc();
    process.send({ heap: process.memoryUsage().heapUsed / MB });
  });
  process.once('disconnect', () => process.exit());
  process.send({ url: await serve(options.scene, { keep: 'recent' }) });
}

/** Slope in MB an hour by least squares, with its 95 % interval; the samples are `EVERY` apart. */
function slope(heaps) {
  const n = heaps.length;
  const xs = heaps.map((_, i) => (i * EVERY) / 3_600_000);
  const [mx, my] = [xs.reduce((a, b) => a + b, 0) / n, heaps.reduce((a, b) => a + b, 0) / n];
  const sxx = xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
  const rise = xs.reduce((sum, x, i) => sum + (x - mx) * (heaps[i] - my), 0) / sxx;
  const rest = xs.reduce((sum, x, i) => sum + (heaps[i] - my - rise * (x - mx)) ** 2, 0);
  const spread = 2.1 * Math.sqrt(rest / Math.max(1, n - 2) / sxx);
  return `${my.toFixed(2)} MB, slope ${rise.toFixed(2)} MB an hour (${(rise - spread).toFixed(2)} to ${(rise + spread).toFixed(2)})`;
}

async function measure() {
  const child = fork(fileURLToPath(import.meta.url), ['--program', '--scene', options.scene], { execArgv: ['--expose-gc'] });
  const [{ url }] = await once(child, 'message');
  const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.goto(url);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.enable');
  const pages = [];
  const programs = [];
  const until = performance.now() + Number(options.minutes) * 60_000;
  const filled = performance.now() + Number(options.filled) * 60_000;
  while (performance.now() < until) {
    await page.waitForTimeout(EVERY);
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const { nodes } = await devtools.send('Memory.getDOMCounters');
    child.send('heap');
    const [{ heap }] = await once(child, 'message');
    const { settled } = await page.evaluate(async () => {
      const { fulfilled, rejected } = await (await fetch('stats')).json();
      return { settled: fulfilled + rejected };
    });
    console.log(`${settled} tasks  page ${(usedSize / MB).toFixed(2)} MB, ${nodes} nodes  program ${heap.toFixed(2)} MB`);
    if (performance.now() < filled) continue;
    pages.push(usedSize / MB);
    programs.push(heap);
  }
  console.log(`page: ${slope(pages)}\nprogram: ${slope(programs)}`);
  await browser.close();
  child.disconnect();
}

if (options.help) process.stdout.write(HELP);
else if (options.program) await program();
else await measure();
