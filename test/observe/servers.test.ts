import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { Registry } from 'prom-client';
import { Pool } from '../../src/index.ts';
import type { Snapshot } from '../../src/observe/frames.ts';
import { type ObserverServer, observe } from '../../src/observe/index.ts';
import type { Server } from '../../src/server/index.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { type Cart, codeOf, startCart, until } from '../server/stage.ts';
import { oneIn } from '../soak.ts';
import { frames } from './asking.ts';
import { launch, open, SKIP, withBrowser } from './browser.ts';

const NAME = 'cart of <b>Ann</b>';

withBrowser();

describe('servers on the page of a pool', () => {
  let pool: Pool;
  let served: ObserverServer;
  let cart: Server<Cart>;

  before(async () => {
    pool = new Pool({ filename: new URL('../fixtures/observed.js', import.meta.url), threads: 1 });
    cart = await startCart({ name: NAME, standby: 1, keep: 5 });
    served = await observe(pool, { reveal: true });
    await until(() => cart.status().threads.filter(({ state }) => state === 'live').length === 2);
    await cart.call('note', 'a secret');
    await codeOf(cart.call('throws', 'boom'));
    await until(() => cart.status().threads.filter(({ state }) => state === 'live').length === 2);
  });

  after(async () => {
    await served?.close();
    await cart?.stop();
    await pool?.close({ force: true });
  });

  it('are in the first frame: state, mailbox, log, standbys, deaths, take-overs, last messages', async () => {
    const [{ servers }] = (await frames<Snapshot>(served.url, ({ length }) => length > 0)) as [Snapshot];
    const [shown] = servers.filter(({ name }) => name === NAME);
    assert.equal(shown!.state, 'open');
    assert.deepEqual([shown!.mailbox, shown!.log.open, shown!.maxMailbox], [0, 0, 10_000]);
    assert.ok(shown!.log.bytes > 0 && shown!.stateBytes > 0 && shown!.call99! > 0);
    assert.deepEqual(shown!.threads.map(({ role, state }) => `${role} ${state}`).sort(), ['standby live', 'voter live']);
    assert.ok(shown!.incidents.some(({ kind, text }) => kind === 'death' && /threw at "throws": boom/.test(text)));
    assert.ok(shown!.incidents.some(({ kind }) => kind === 'takeOver'));
    assert.ok(shown!.incidents.some(({ kind, text }) => kind === 'dropped' && text.includes('throws')));
    assert.deepEqual(
      shown!.recent.map(({ name, outcome, content }) => [name, outcome, content]),
      [['note', 'replied', "'a secret'"]],
    );
  });

  it('are in the metrics of a pool that speaks OpenMetrics, in its format, which ends once', async () => {
    const register = new Registry();
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    await using other = new Pool({ filename: new URL('../fixtures/observed.js', import.meta.url), threads: 1, metrics: { register } });
    await using page = await observe(other);
    const answer = await fetch(`${page.url}metrics`);
    const text = await answer.text();
    assert.equal(answer.headers.get('content-type'), Registry.OPENMETRICS_CONTENT_TYPE);
    assert.match(text, /holdfast_server_messages_total\{/);
    assert.equal(text.indexOf('# EOF\n'), text.length - '# EOF\n'.length);
  });

  it('keep what was sent to them to themselves, unless reveal is on', async () => {
    await using plain = await observe(pool);
    const text = plain.report();
    assert.ok(text.includes('cart of') && !text.includes('a secret'));
  });

  it('stand in the tree beside the pool, and in the metrics', async () => {
    const tree = (await (await fetch(`${served.url}tree`)).json()) as { kind: string; children: { kind: string; id: string }[] };
    assert.deepEqual([tree.kind, tree.children[0]!.kind], ['program', 'pool']);
    assert.ok(tree.children.some(({ kind, id }) => kind === 'server' && id === NAME));
    const families = parseExposition(await (await fetch(`${served.url}metrics`)).text());
    assert.ok(families.has('holdfast_tasks_accepted_total'));
    assert.ok(
      families
        .get('holdfast_server_threads')!
        .lines.some(({ labels, value }) => labels.server === NAME && labels.role === 'standby' && value === 1),
    );
  });

  oneIn(2, import.meta.url)('are seen in a browser while it happens', { skip: SKIP }, async (t) => {
    const browser: Browser = await launch();
    const { page, said, strangers } = await open(t, browser, served.url, { bypassCSP: false });
    const panel = page.locator('section[aria-labelledby=servers]');
    await panel.locator('.what', { hasText: NAME }).waitFor();
    await panel.getByText('stands by').first().waitFor();
    await codeOf(cart.call('exits', 7));
    await panel.locator('summary', { hasText: 'Deaths, take-overs' }).first().click();
    await panel.locator('li', { hasText: 'exit at "exits"' }).first().waitFor();
    await panel.locator('li', { hasText: 'a standby took over' }).first().waitFor();
    await panel.locator('summary', { hasText: 'Last messages' }).first().click();
    await panel.locator('code', { hasText: 'a secret' }).first().waitFor();
    if (process.env.HOLDFAST_PICTURE !== undefined) await panel.screenshot({ path: process.env.HOLDFAST_PICTURE });
    assert.equal(await page.locator('main b', { hasText: 'Ann' }).count(), 0, 'markup is text');
    assert.deepEqual([said, strangers], [[], []]);
  });
});
