// Makes the tables and the plots of docs/seven-nines.md from what `npm run seven-nines -- --out docs/assets/seven-nines.json` has found.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as echarts from 'echarts';
import { table } from '../dist/test/seven-nines/tables.js';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { rows, measured } = JSON.parse(readFileSync(at('docs/assets/seven-nines.json'), 'utf8'));
const of = (name) => rows.filter((row) => row.table === name);

const COLOURS = ['#1971c2', '#d9480f', '#2f9e44', '#9c36b5', '#495057'];
const FONT = 'system-ui, sans-serif';
const axis = (name, more = {}) => ({
  name,
  nameLocation: 'middle',
  nameGap: 34,
  nameTextStyle: { color: '#212529', fontSize: 13 },
  axisLabel: { color: '#343a40', fontSize: 12 },
  axisLine: { show: true, lineStyle: { color: '#868e96' } },
  splitLine: { lineStyle: { color: '#e9ecef' } },
  ...more,
});
const log = { type: 'log', minorSplitLine: { show: false } };
const power = (value) => {
  const exponent = Math.round(Math.log10(value));
  return exponent >= -2 && exponent <= 4 ? String(Number(value.toPrecision(3))) : `1e${exponent}`;
};

/** The forecast: a line without points. */
const forecast = (name, data, colour, more = {}) => ({
  name,
  type: 'line',
  data,
  showSymbol: false,
  lineStyle: { color: colour, width: 2 },
  itemStyle: { color: colour },
  ...more,
});

/** What was simulated: points with their intervals. */
function simulated(name, points, colour, symbol = 'circle') {
  const bar = (_params, api) => {
    const [x, low, high] = [0, 1, 2].map((i) => api.value(i));
    const [top, bottom] = [api.coord([x, high]), api.coord([x, low])];
    const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 1.5 } });
    const [cx, y1] = top;
    const y2 = bottom[1];
    return { type: 'group', children: [line(cx, y1, cx, y2), line(cx - 5, y1, cx + 5, y1), line(cx - 5, y2, cx + 5, y2)] };
  };
  const least = 1e-15;
  return [
    { name, type: 'scatter', data: points.map(({ x, mean }) => [x, mean]), symbol, symbolSize: 9, itemStyle: { color: colour } },
    {
      type: 'custom',
      renderItem: bar,
      clip: true,
      data: points.map(({ x, mean, half }) => [x, Math.max(least, mean - half), mean + half]),
      silent: true,
    },
  ];
}
const pointsOf = (found, x = (row) => row.x, scale = 1) =>
  found.map((row) => ({ x: x(row), mean: row.simulated.mean * scale, half: row.simulated.half * scale }));
const linesOf = (found, x = (row) => row.x, scale = 1) => found.map((row) => [x(row), row.forecast * scale]);

/** Without a browser the width of text is a guess, and too small a one. */
const legend = (data) => ({
  top: 36,
  left: 12,
  right: 12,
  icon: 'roundRect',
  itemWidth: 16,
  itemHeight: 4,
  itemGap: 36,
  textStyle: { color: '#343a40', fontSize: 12 },
  ...(data === undefined ? {} : { data }),
});

function draw(file, title, option, height = 380) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 760, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT },
    title: { text: title, left: 12, top: 8, textStyle: { fontSize: 15, fontWeight: 600, color: '#212529', fontFamily: FONT } },
    legend: legend(),
    grid: { left: 78, right: 26, top: 92, bottom: 56 },
    ...option,
  });
  writeFileSync(at(`docs/assets/${file}.svg`), `${chart.renderToSVGString()}\n`);
  chart.dispose();
}

/** Unavailability over the time of a take-over, from a millisecond to minutes. */
function takeovers() {
  const year = 365 * 86_400_000;
  const times = Array.from({ length: 41 }, (_, i) => 10 ** (i / 8));
  const shares = (mtbf) => times.map((ms) => [ms / 1_000, ms / (mtbf + ms)]);
  const seen = rows.filter((row) => row.what.endsWith(': unavailability') && ['text', 'ours'].includes(row.table));
  const takeoverOf = ({ forecast: u }) => (u * 3 * year) / (1 - u) / 1_000;
  draw('seven-nines-takeover', 'Unavailability by the time of a take-over', {
    xAxis: axis('take-over, seconds', { ...log, min: 0.001, max: 100, axisLabel: { formatter: power, fontSize: 12, color: '#343a40' } }),
    yAxis: axis('unavailability', {
      ...log,
      nameGap: 54,
      min: 1e-12,
      max: 1e-5,
      axisLabel: { formatter: power, fontSize: 12, color: '#343a40' },
    }),
    series: [
      forecast('a failure in 3 years', shares(3 * year), COLOURS[0]),
      forecast('a failure in 3 months', shares(year / 4), COLOURS[4]),
      forecast(
        'seven nines',
        [
          [0.001, 1e-7],
          [100, 1e-7],
        ],
        COLOURS[1],
        { lineStyle: { color: COLOURS[1], type: 'dashed', width: 1.5 } },
      ),
      ...simulated('simulated', pointsOf(seen, takeoverOf), COLOURS[2]),
    ],
  });
}

/** Events that are late when a node is lost, over the load. */
function loads() {
  const late = (series, name) => of(name).filter((row) => row.series === series);
  const own = late('late', 'own queue');
  const withSpares = late('late with spares', 'shared queue');
  const without = late('late without spares', 'shared queue');
  const shown = [
    ['own queue, take-over in 8 s', own],
    ['shared queue, spares after 0.5 s', withSpares],
    ['shared queue, back after 5.5 s', without],
  ];
  const percent = (row) => row.x * 100;
  draw('seven-nines-load', 'Events later than 100 ms when one node of ten is lost', {
    xAxis: axis('load, %', { type: 'value', min: 55, max: 100 }),
    yAxis: axis('late events', {
      ...log,
      nameGap: 54,
      min: 1,
      max: 100_000,
      axisLabel: { formatter: power, fontSize: 12, color: '#343a40' },
    }),
    legend: legend(shown.map(([name]) => name)),
    series: shown.flatMap(([name, found], i) => [
      forecast(name, linesOf(found, percent), COLOURS[i]),
      ...simulated(`${name}, simulated`, pointsOf(found, percent), COLOURS[i]),
    ]),
  });
}

/** What becomes of fresh work in a storm of failing attempts. */
function storms() {
  const found = (series) => of('storm').filter((row) => row.series === series);
  const shown = [
    ['load 60 %, retry budget 0.4', 'begun 0.6 0.4'],
    ['load 60 %, budget 1', 'begun 0.6 1'],
    ['load 80 %, retry budget 0.4', 'begun 0.8 0.4'],
    ['load 80 %, budget 1', 'begun 0.8 1'],
  ];
  const percent = (row) => row.x * 100;
  draw('seven-nines-storm', 'Fresh tasks that get their first attempt while others are retried', {
    xAxis: axis('attempts that fail, %', { type: 'value', min: 0, max: 65, interval: 10 }),
    yAxis: axis('fresh tasks begun, % of those that come', { type: 'value', nameGap: 46, min: 40, max: 100 }),
    legend: legend(shown.map(([name]) => name)),
    series: shown.flatMap(([name, series], i) => [
      forecast(name, stormLine(series), COLOURS[i]),
      ...simulated(`${name}, simulated`, pointsOf(found(series), percent, 100), COLOURS[i]),
    ]),
  });
}

/** The formula in many points: it has a bend where the storm tips over. */
function stormLine(series) {
  const [, load, budget] = series.split(' ').map(Number);
  return Array.from({ length: 121 }, (_, i) => {
    const p = i / 200;
    const attempts = (1 - p ** 4) / (1 - p);
    return [p * 100, (100 * Math.min(load, Math.max(1 / attempts, 1 - budget))) / load];
  });
}

/** Wrong answers over corrupt ones. */
function votes() {
  const kinds = [
    ['alike, by themselves', '3 independent, alike', (q) => 3 * q ** 2 - 2 * q ** 3],
    ['one in five strikes all copies', '3 one in five strikes all copies', undefined],
  ];
  const corrupt = Array.from({ length: 33 }, (_, i) => 10 ** (-5 + i / 8));
  const common = (q) => {
    const all = 0.2 * q;
    const single = (q - all) / (1 - all);
    return all + (1 - all) * (3 * single ** 2 - 2 * single ** 3);
  };
  const scale = { formatter: power, fontSize: 12, color: '#343a40' };
  const found = (series) => of('votes').filter((row) => row.series === series && row.what.endsWith(': wrong'));
  draw('seven-nines-votes', 'Wrong answers with two of three', {
    xAxis: axis('share of copies that answer wrongly', { ...log, min: 1e-5, max: 0.1, axisLabel: scale }),
    yAxis: axis('share of answers that are wrong', { ...log, nameGap: 54, min: 1e-10, max: 0.1, axisLabel: scale }),
    legend: legend(['no copies', ...kinds.map(([name]) => name)]),
    series: [
      forecast(
        'no copies',
        corrupt.map((q) => [q, q]),
        COLOURS[4],
      ),
      ...kinds.flatMap(([name, series, f], i) => [
        forecast(
          name,
          corrupt.map((q) => [q, (f ?? common)(q)]),
          COLOURS[i],
        ),
        ...simulated(`${name}, simulated`, pointsOf(found(series)), COLOURS[i]),
      ]),
    ],
  });
}

function tables() {
  const page = at('docs/seven-nines.md');
  const written = readFileSync(page, 'utf8').replace(/<!-- table: ([a-z ]+) -->\n.*?<!-- end -->/gs, (_, name) => {
    const found = of(name);
    if (found.length === 0) throw new Error(`Expected rows of the table "${name}" in docs/assets/seven-nines.json. Got none.`);
    return `<!-- table: ${name} -->\n${table(found)}\n<!-- end -->`;
  });
  writeFileSync(page, written);
}

if (measured.thread === undefined)
  throw new Error('Expected measured take-overs in docs/assets/seven-nines.json. Got none: run every part.');
takeovers();
loads();
storms();
votes();
tables();
