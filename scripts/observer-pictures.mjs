// Makes the pictures of docs/observer.md: runs pools of each kind, and takes what a browser shows of them. Needs a chromium.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const HELP = `Makes the pictures of docs/observer.md; npm run build first.

  node scripts/observer-pictures.mjs [options] [name...]

  --out <folder>     where they go (default: docs/assets)
  --browser <path>   a chromium (default: $HOLDFAST_CHROMIUM or /usr/bin/chromium)
  --help             this
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: fileURLToPath(new URL('../docs/assets', import.meta.url)) },
    browser: { type: 'string', default: process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium' },
    serve: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

let state = 7;
/** From 0 to 1, the same each time. */
const random = () => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return state / 2_147_483_648;
};

const forever = async (callers, call) => {
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (;;) await call().catch(() => new Promise((done) => setTimeout(done, 5)));
    }),
  );
};

const fates = () => {
  const drawn = random();
  return drawn < 0.025 ? 'crash' : drawn < 0.045 ? 'hang' : drawn < 0.05 ? 'oom' : drawn < 0.08 ? 'throw' : 'fine';
};

const TASKS = new URL('./observer-tasks.mjs', import.meta.url);
const named = (pool) => ({ filename: TASKS, metrics: { labels: { pool } } });
const limits = { resourceLimits: { maxOldGenerationSizeMb: 40 } };

/** What is shown: the pool, what it is given, how long it is watched, and how the browser stands. */
const SCENES = {
  idle: {
    pool: { ...named('thumbnails'), threads: 4, spares: 1 },
    feed: (pool) => Promise.all(Array.from({ length: 12 }, () => pool.run(30, { name: 'thumbnail' }))),
    seconds: 4,
  },
  flood: { pool: { ...named('parser'), threads: 4, spares: 1 }, feed: (pool) => forever(1_024, () => pool.run(1)), seconds: 12 },
  faults: {
    pool: { ...named('thumbnails'), ...limits, threads: 4, spares: 2, timeout: 400, restart: { intensity: 100_000 } },
    feed: (pool) => forever(10, () => pool.run({ ms: 8 + 30 * random(), fate: fates() }, { name: 'shaky', retry: 1 })),
    seconds: 16,
  },
  vote: {
    pool: { ...named('ledger'), threads: 4, spares: 1, redundancy: 3 },
    feed: (pool) => forever(4, () => pool.run({ ms: 6 + 10 * random(), of: [Math.floor(100 * random()), 2, 3] }, { name: 'sum' })),
    seconds: 12,
  },
  overloaded: {
    pool: { ...named('reports'), threads: 2, spares: 0 },
    feed: (pool) => {
      setInterval(() => {
        for (let i = 0; i < 40; i++) pool.run(25, { name: 'thumbnail' }).catch(() => {});
      }, 200);
    },
    seconds: 14,
  },
  failed: {
    pool: {
      ...named('thumbnails'),
      threads: 2,
      spares: 0,
      filename: new URL('./observer-tasks.mjs?broken', import.meta.url),
      restart: { intensity: 2 },
    },
    feed: (pool) => pool.run(1).catch(() => {}),
    seconds: 5,
  },
  cells: {
    pool: { ...named('native'), threads: 4, spares: 1, isolation: 'process', timeout: 400, restart: { intensity: 100_000 } },
    feed: (pool) =>
      forever(8, () => pool.run({ ms: 10 + 20 * random(), fate: random() < 0.02 ? 'crash' : 'fine' }, { name: 'shaky', retry: 1 })),
    seconds: 12,
  },
};

const PICTURES = {
  idle: { scene: 'idle' },
  flood: { scene: 'flood' },
  faults: { scene: 'faults', whole: true },
  vote: { scene: 'vote', whole: true },
  overloaded: { scene: 'overloaded' },
  failed: { scene: 'failed' },
  cells: { scene: 'cells', whole: true },
  dark: { scene: 'faults', dark: true },
  phone: { scene: 'faults', width: 390, height: 980 },
};

async function serve(name) {
  const { Pool } = await import('../dist/src/index.js');
  const { observe } = await import('../dist/src/observe/index.js');
  const { pool: settings, feed } = SCENES[name];
  const pool = new Pool(settings);
  const page = await observe(pool, { keep: 'whole' });
  process.stdout.write(`${page.url}\n`);
  setInterval(() => {}, 1_000);
  await pool.ready().catch(() => {});
  await feed(pool);
}

async function take(browser, name) {
  const { scene, dark = false, width = 1_280, height = 860, whole = false } = PICTURES[name];
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), '--serve', scene], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim())));
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
    for (const event of ['console', 'pageerror']) page.on(event, (what) => console.error(`${name}: ${what.text?.() ?? what}`));
    await page.goto(url);
    await page.waitForTimeout(SCENES[scene].seconds * 1_000);
    if (whole && scene !== 'vote') await page.locator('.record summary').first().click();
    await page.keyboard.press('1');
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(600);
    const shot = await page.screenshot({ fullPage: whole });
    const png = await sharp(shot).png({ palette: true, colours: 64, effort: 10 }).toBuffer();
    writeFileSync(`${options.out}/observer-${name}.png`, png);
    console.log(`observer-${name}.png  ${Math.round(png.length / 1_024)} kB`);
    await page.close();
  } finally {
    server.kill();
  }
}

if (options.help) process.stdout.write(HELP);
else if (options.serve !== undefined) await serve(options.serve);
else {
  const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox'] });
  for (const name of positionals.length > 0 ? positionals : Object.keys(PICTURES)) await take(browser, name);
  await browser.close();
}
