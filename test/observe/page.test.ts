import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { Pool } from '../../src/index.ts';
import { type ObserverServer, observe } from '../../src/observe/index.ts';
import { further, oneIn } from '../soak.ts';
import { launch, open, SKIP, withBrowser } from './browser.ts';

const it = oneIn(2, import.meta.url);

const filename = new URL('../fixtures/observed.js', import.meta.url);
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds wrong. It runs beside the page's policy, which lets no script in. */
async function barriers(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE }).catch(() => {});
  const found = await page.evaluate<{ violations: Violation[] }>('axe.run()');
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
  );
}

withBrowser();

describe('the page in a browser', { skip: SKIP }, () => {
  let browser: Browser;
  let pool: Pool;
  let served: ObserverServer;

  before(async () => {
    browser = await launch();
    pool = new Pool({
      filename,
      threads: 2,
      spares: 1,
      timeout: 5_000,
      abortGrace: 0,
      metrics: { labels: { pool: 'watched <b>pool</b>' } },
    });
    await pool.ready();
    served = await observe(pool);
  });

  after(async () => {
    await served?.close();
    await pool?.close({ force: true });
  });

  const opened = async (t: TestContext, options = {}) => {
    const tab = await open(t, browser, served.url, { bypassCSP: false, ...options });
    await tab.page.locator('.banner').waitFor();
    return tab;
  };

  it('shows what happens while it happens, says nothing on the console, and asks nobody else', async (t) => {
    const { page, said, strangers } = await opened(t);
    await page.getByText('idle', { exact: false }).first().waitFor();
    await Promise.all(Array.from({ length: 200 }, (_, i) => pool.run(i)));
    const { fulfilled, rejected } = pool.stats();
    await page.locator('.figures .more', { hasText: `${fulfilled + rejected} in all` }).waitFor();
    await assert.rejects(pool.run('this one', { name: 'fail' }));
    await page.locator('.record .error', { hasText: 'this one' }).first().waitFor();
    await assert.rejects(pool.run(undefined, { name: 'exit', retry: false }));
    await page.locator('section[aria-labelledby=deaths] summary h3', { hasText: 'exit' }).waitFor();
    assert.ok((await page.locator('.tree li').count()) >= 3);
    assert.deepEqual([said, strangers], [[], []]);
  });

  further('draws the attempts where they ran', async (t) => {
    const { page } = await opened(t);
    await Promise.all(Array.from({ length: 40 }, () => pool.run(20, { name: 'busy' })));
    const blue = () =>
      page.evaluate<number>(`(() => {
        const canvas = document.querySelector('.lanes canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) if (data[i] < 90 && data[i + 2] > 170) count++;
        return count;
      })()`);
    while ((await blue()) < 500) await page.waitForTimeout(50);
  });

  further('is worked by keys alone', async (t) => {
    const { page } = await opened(t);
    await pool.run(30, { name: 'busy' });
    await page.keyboard.press('1');
    await page.locator('button[aria-pressed=true]', { hasText: '10 s' }).waitFor();
    await page.keyboard.press('p');
    await page.locator('.link', { hasText: 'paused' }).waitFor();
    await page.keyboard.press('p');
    await page.locator('.link', { hasText: 'live' }).waitFor();
    await page.keyboard.press('t');
    assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'light');
    await page.locator('.lanes canvas').first().focus();
    const said = page.locator('#said', { hasText: /Slot \d, generation \d+, .*task/ });
    // The block comes with the next frame.
    while ((await said.count()) === 0) await page.keyboard.press('ArrowLeft');
    const reached = new Set<string>();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate<string>('document.activeElement?.tagName ?? ""'));
    }
    assert.ok(reached.has('SUMMARY'), [...reached].join());
  });

  it('shows markup, control characters and megabytes of a task as text, cut', async (t) => {
    const { page, said } = await opened(t);
    const markup = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>\u202e\u0007';
    await assert.rejects(pool.run(markup + 'x'.repeat(2_000_000), { name: 'fail' }));
    const record = page.locator('.record .error', { hasText: '<img src=x' }).first();
    await record.waitFor();
    const text = (await record.textContent())!;
    assert.ok(text.length < 1_000 && text.includes('\\u202e'), text.slice(0, 200));
    assert.equal(await page.locator('main img, main script').count(), 0);
    assert.match((await page.locator('h1').textContent())!, /watched <b>pool<\/b>/);
    assert.doesNotMatch(await page.title(), /^broken/);
    assert.deepEqual(said, []);
  });

  for (const [what, options] of [
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ] as const) {
    further(`has no barrier that axe can find: ${what}`, async (t) => {
      await assert.rejects(pool.run('to be seen', { name: 'fail' }));
      const { page } = await opened(t, { ...options, bypassCSP: true });
      await page.locator('.record summary').first().click();
      assert.deepEqual(await barriers(page), []);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.ok(wide <= 0, `${wide} pixels too wide`);
    });
  }

  further('goes on after the server was away', async (t) => {
    const own = await observe(pool);
    const port = Number(new URL(own.url).port);
    const { page } = await open(t, browser, own.url);
    await page.locator('.link', { hasText: 'live' }).waitFor();
    await own.close();
    await page.locator('.link', { hasText: 'connection lost' }).waitFor();
    await page.locator('.banner.away').waitFor();
    const again = await observe(pool, { port });
    t.after(() => again.close());
    await page.locator('.link', { hasText: 'live' }).waitFor();
    await page.locator('.banner:not(.away)').waitFor();
  });

  further('is a report that opens from disk, without a network', async (t) => {
    await assert.rejects(pool.run('</script><b>kept</b>', { name: 'fail' }));
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-report-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'run.html'), await (await fetch(`${served.url}report.html`)).text());
    const { page, said, strangers } = await open(t, browser, pathToFileURL(join(folder, 'run.html')).href, { offline: true });
    await page.locator('.link', { hasText: 'report of' }).waitFor();
    await page.locator('.record .error', { hasText: '</script><b>kept</b>' }).first().waitFor();
    assert.deepEqual([said, strangers], [[], []]);
  });

  further('opens with a token once in its address, and the token is gone from there', async (t) => {
    const own = await observe(pool, { token: 'a-token-of-this-test' });
    t.after(() => own.close());
    const { page } = await open(t, browser, `${own.url}?token=a-token-of-this-test`);
    await page.locator('.link', { hasText: 'live' }).waitFor();
    assert.equal(page.url(), own.url);
  });
});
