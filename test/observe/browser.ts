import { existsSync } from 'node:fs';
import { after, type TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Debian's, or what the environment names. */
export const CHROMIUM: string = process.env.HOLDFAST_CHROMIUM ?? '/usr/bin/chromium';
/** Why there is no test in a browser, or false. */
export const SKIP: string | false = existsSync(CHROMIUM) ? false : `there is no browser at ${CHROMIUM}; HOLDFAST_CHROMIUM may name one`;

let launched: Promise<Browser> | undefined;

/** The browser of this process, which all its tests share; each has pages of its own. */
export function launch(): Promise<Browser> {
  launched ??= chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  return launched;
}

/** At the top of a file whose tests look at pages: the browser ends when all tests of the process are over. */
export const withBrowser = (): void => after(async () => (await launched)?.close());

export interface Opened {
  readonly page: Page;
  /** What the console has said, and errors of the page. */
  readonly said: string[];
  /** Where requests went, but for those to `url`. */
  readonly strangers: string[];
}

/** A page in a tab of its own, that is listened to from the first moment. */
export async function open(
  t: TestContext,
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Opened> {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  const said: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) strangers.push(request.url());
  });
  await page.goto(url);
  return { page, said, strangers };
}
