import { readFileSync } from 'node:fs';
import { page, root, rows } from '../docs/markdown.ts';

/** The questions of docs/metrics.md, those about servers last, and the query that answers each. */
export function questions(): { readonly question: string; readonly query: string }[] {
  const asked = ['Questions', 'Metrics of servers'].flatMap((heading) => rows(page('docs/metrics.md'), heading));
  return asked
    .filter(({ question }) => question !== undefined)
    .map((row) => ({ question: row.question!, query: /`(.*)`/.exec(row.query!)![1]! }));
}

/** The rules of Prometheus. Each stands on lines of its own, its expression on one. */
export function rules(): { readonly record: string | undefined; readonly alert: string | undefined; readonly expr: string }[] {
  const text = readFileSync(`${root}ops/prometheus/holdfast.rules.yml`, 'utf8');
  return Array.from(text.matchAll(/- (record|alert): (\S+)\n\s+expr: (.*)/g), ([, kind, name, expr]) => ({
    record: kind === 'record' ? name : undefined,
    alert: kind === 'alert' ? name : undefined,
    expr: expr!,
  }));
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

/** What the panels of the dashboard ask, for all pools and servers. */
export function dashboardQueries(): { readonly title: string; readonly expr: string }[] {
  const { panels } = JSON.parse(readFileSync(`${root}ops/grafana/holdfast.json`, 'utf8')) as { panels: readonly Panel[] };
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr: expr.replace(/\$(pool|server)/g, '.*') })));
}
