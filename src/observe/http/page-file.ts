import { readFileSync } from 'node:fs';
import { ownFile } from '../../core/installation.ts';
import type { Snapshot } from '../frames.ts';
import type { Answer } from './answer.ts';
import { HTML } from './answer.ts';

interface PageFile {
  readonly html: string;
  /** Its content security policy, which names its script and its style by their digests. */
  readonly policy: string;
}

let file: PageFile | undefined;

/** Where the report's data stands in the page. */
const DATA = '<script type="application/json" id="data"></script>';

function pageFile(): PageFile {
  if (file !== undefined) return file;
  const html = readFileSync(
    ownFile('observe/page.html', () => new URL('../page.html', import.meta.url)),
    'utf8',
  );
  const [, policy = ''] = /<meta http-equiv="content-security-policy" content="([^"]+)"/.exec(html) ?? [];
  file = { html, policy };
  return file;
}

/** The page that follows the stream beside it. */
export function livePage(): Answer {
  const { html, policy } = pageFile();
  const headers = { 'content-security-policy': `${policy}; frame-ancestors 'self'`, 'x-frame-options': 'SAMEORIGIN' };
  return { status: 200, type: HTML, body: html, headers };
}

/** What is on the page now, in one file that needs nothing else. */
export function reportHtml(snapshot: Snapshot): string {
  // A script element ends at the first `</script`, whatever stands in a string of it.
  const json = JSON.stringify(snapshot).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return pageFile().html.replace(DATA, () => DATA.replace('></', `>${json}</`));
}

export function reportPage(snapshot: Snapshot): Answer {
  const name = `holdfast-${snapshot.pool.replace(/[^\w.-]/g, '_').slice(0, 60)}.html`;
  const { policy } = pageFile();
  const headers = { 'content-security-policy': policy, 'content-disposition': `attachment; filename="${name}"` };
  return { status: 200, type: HTML, body: reportHtml(snapshot), headers };
}
