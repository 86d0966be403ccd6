// Makes the pictures of docs/observer.md: runs pools of each kind, and takes what a browser shows of them. Needs a chromium.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { PICTURES, SCENES, serve } from './scenes.mjs';

const HELP = `Makes the pictures of docs/observer.md; npm run build first.

  node scripts/observer/pictures.mjs [options] [name...]

  --out <folder>     where they go (default: docs/assets)
  --browser <path>   a chromium (default: $HOLDFAST_CHROMIUM or /usr/bin/chromium)
  --help             this
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: fileURLToPath(new URL('../../docs/assets', import.meta.url)) },
    browser: { type: 'string', default: process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium' },
    serve: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function take(browser, name) {
  const { scene, dark = false, width = 1_280, height = 860, whole = false, span = '1' } = PICTURES[name];
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), '--serve', scene], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim())));
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
    for (const event of ['console', 'pageerror']) page.on(event, (what) => console.error(`${name}: ${what.text?.() ?? what}`));
    await page.goto(url);
    await page.waitForTimeout(SCENES[scene].seconds * 1_000);
    if (scene === 'faults' && whole) await page.locator('.record summary').first().click();
    await page.keyboard.press(span);
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
else if (options.serve !== undefined) process.stdout.write(`${await serve(options.serve)}\n`);
else {
  const browser = await chromium.launch({ executablePath: options.browser, args: ['--no-sandbox'] });
  for (const name of positionals.length > 0 ? positionals : Object.keys(PICTURES)) await take(browser, name);
  await browser.close();
}
