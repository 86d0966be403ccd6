import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../results.ts';
import { htmlOf } from './html.ts';

/** Writes the run as data and as a page; returns where they lie. */
export function writeReport(report: Report, folder: string): { json: string; html: string } {
  mkdirSync(folder, { recursive: true });
  const json = join(folder, `bench-${report.meta.scale}.json`);
  const html = join(folder, `bench-${report.meta.scale}.html`);
  writeFileSync(json, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(html, htmlOf(report));
  return { json, html };
}
