import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Report } from '../results.ts';
import { type Chart, chartsOf } from './charts.ts';
import { headline, tableOf } from './table.ts';

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** The plotting library's own minified build goes into the page, so that it opens anywhere, offline too. */
const library = (): string => readFileSync(createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js'), 'utf8');

/** Data inside a script element must not be able to end it. */
const asScriptData = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #212529; max-width: 1180px; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin: 2.5rem 0 .5rem; } .quiet { color: #5c636a; }
table { border-collapse: collapse; width: 100%; } td:last-child { width: 45%; } td, th { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #dee2e6; vertical-align: top; }
.verdict { font-weight: 600; white-space: nowrap; } .pass { color: #2b8a3e; } .short { color: #c92a2a; } .not { color: #868e96; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(500px, 1fr)); gap: 1.5rem; }
figure { margin: 0; border: 1px solid #dee2e6; border-radius: 6px; padding: .8rem; } figure h3 { margin: 0; } figure p { margin: 0 0 .4rem; }
.plot { height: 320px; } pre { overflow-x: auto; background: #f8f9fa; padding: 1rem; font-size: 12.5px; line-height: 1.4; }
`;

const SCRIPT = `
for (const [index, option] of JSON.parse(document.getElementById('charts').textContent).entries()) {
  const chart = echarts.init(document.getElementById('plot-' + index), null, { renderer: 'svg' });
  chart.setOption({ animation: false, ...option });
  addEventListener('resize', () => chart.resize());
}
`;

const figure = (chart: Chart, index: number): string =>
  `<figure><h3>${escaped(chart.title)}</h3><p class="quiet">${escaped(chart.note)}</p><div class="plot" id="plot-${index}"></div></figure>`;

const goalRows = ({ goals }: Report): string =>
  goals
    .map(
      ({ verdict, goal, measured }) =>
        `<tr><td class="verdict ${verdict.split(' ')[0]}">${verdict}</td><td>${escaped(goal)}</td><td>${escaped(measured)}</td></tr>`,
    )
    .join('\n');

const setupRows = ({ meta }: Report): string =>
  Object.entries(meta.setups)
    .map(([name, setup]) => `<tr><td>${escaped(name)}</td><td>${escaped(setup)}</td></tr>`)
    .join('\n');

/** The whole report as one file that needs nothing else. */
export function htmlOf(report: Report): string {
  const charts = chartsOf(report);
  const versions = Object.entries(report.meta.versions).map(([name, version]) => `${name} ${version}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Holdfast benchmark</title><style>${STYLE}</style></head><body>
<h1>Holdfast benchmark</h1>
<p class="quiet">${escaped(headline(report)).replace(/\n/g, '<br>')}<br>${escaped(report.meta.startedAt)}, ${Math.round(report.meta.seconds)} s; ${escaped(versions.join(', '))}<br>
<code>${escaped(report.meta.command)}</code></p>
<h2>Goals</h2>
<table><tr><th></th><th>goal</th><th>measured</th></tr>${goalRows(report)}</table>
<h2>Charts</h2>
<div class="charts">${charts.map(figure).join('\n')}</div>
<h2>How each contender is set up</h2>
<table>${setupRows(report)}</table>
<h2>All figures</h2>
<pre>${escaped(tableOf(report.cells))}</pre>
<script type="application/json" id="charts">${asScriptData(charts.map(({ option }) => option))}</script>
<script>${library()}</script>
<script>${SCRIPT}</script>
</body></html>
`;
}
