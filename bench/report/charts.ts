import { IDEAL } from '../contenders/index.ts';
import type { Cell, FigureName, Report } from '../results.ts';
import { figureOf } from '../stats/cells.ts';
import { FIGURE_TEXT } from './figure-text.ts';

/** A chart as the plotting library takes it, with what stands above and below it. */
export interface Chart {
  readonly title: string;
  readonly note: string;
  readonly option: Readonly<Record<string, unknown>>;
}

const COLOURS: Readonly<Record<string, string>> = {
  holdfast: '#d9480f',
  [IDEAL]: '#868e96',
  piscina: '#1971c2',
  'piscina+glue': '#6741d9',
  tinypool: '#2f9e44',
  workerpool: '#c2255c',
  poolifier: '#0c8599',
  'raw threads': '#495057',
};

const names = (cells: readonly Cell[], of: 'variant' | 'contender'): string[] => [...new Set(cells.map((cell) => cell[of]))];
const inTableOrder = (contenders: string[]): string[] => contenders.sort((a, b) => order(a) - order(b));
const order = (name: string): number => (name in COLOURS ? Object.keys(COLOURS).indexOf(name) : 99);
/** What a log axis cannot show (zero, nothing) is left out; the tables tell the reason. */
const plotted = (value: number | undefined): number | '-' =>
  value === undefined || !Number.isFinite(value) ? '-' : Number(value.toPrecision(4));

interface AxisOptions {
  readonly log?: boolean;
  readonly percent?: boolean;
}

const base = (figure: FigureName, { log, percent }: AxisOptions): Record<string, unknown> => ({
  tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
  legend: { top: 0, type: 'scroll' },
  grid: { left: 16, right: 24, top: 48, bottom: 28, containLabel: true },
  yAxis: {
    type: log ? 'log' : 'value',
    name: percent ? `${FIGURE_TEXT[figure].label}, %` : FIGURE_TEXT[figure].label,
    nameTextStyle: { align: 'left' },
    ...(log ? {} : { min: 0 }),
  },
});

/** Contenders side by side, a group per variant. */
export function barChart(
  cells: readonly Cell[],
  figure: FigureName,
  title: string,
  note: string,
  axis: AxisOptions = {},
): Chart | undefined {
  const known = cells.filter((cell) => figureOf(cell, figure) !== undefined);
  if (known.length === 0) return undefined;
  const variants = names(known, 'variant');
  const series = inTableOrder(names(known, 'contender')).map((contender) => ({
    name: contender,
    type: 'bar',
    barMaxWidth: 48,
    itemStyle: { color: COLOURS[contender] },
    data: variants.map((variant) => shownOf(known, variant, contender, figure, axis)),
  }));
  return {
    title,
    note,
    option: { ...base(figure, axis), xAxis: { type: 'category', data: variants, axisLabel: { interval: 0, hideOverlap: false } }, series },
  };
}

function shownOf(cells: readonly Cell[], variant: string, contender: string, figure: FigureName, { percent }: AxisOptions): number | '-' {
  const cell = cells.find((each) => each.variant === variant && each.contender === contender);
  const value = figureOf(cell, figure);
  return plotted(value !== undefined && percent ? value * 100 : value);
}

const FAULT_VARIANT = /^(\S+) ([\d.]+) %$/;

/** A line per contender over the fault rates, one chart per fault class. */
export function faultCharts(cells: readonly Cell[]): Chart[] {
  const parsed = cells.flatMap((cell) => {
    const match = FAULT_VARIANT.exec(cell.variant);
    return match && cell.contender !== IDEAL ? [{ cell, what: match[1]!, rate: Number(match[2]) }] : [];
  });
  const classes = [...new Set(parsed.map(({ what }) => what))];
  return classes.map((what) => {
    const own = parsed.filter((each) => each.what === what);
    const rates = [...new Set(own.map(({ rate }) => rate))].sort((a, b) => a - b);
    const series = inTableOrder(
      names(
        own.map(({ cell }) => cell),
        'contender',
      ),
    ).map((contender) => ({
      name: contender,
      type: rates.length > 1 ? 'line' : 'bar',
      symbolSize: 7,
      ...(rates.length > 1 ? {} : { barMaxWidth: 48 }),
      itemStyle: { color: COLOURS[contender] },
      data: rates.map((rate) => {
        const cell = own.find((each) => each.rate === rate && each.cell.contender === contender)?.cell;
        const share = cell?.status === 'ok' ? figureOf(cell, 'shareOfIdeal') : undefined;
        return plotted(share === undefined ? undefined : share * 100);
      }),
    }));
    const option = {
      ...base('shareOfIdeal', { percent: true }),
      xAxis: { type: 'category', name: '% of attempts', nameLocation: 'middle', nameGap: 28, data: rates.map(String) },
      series,
    };
    return {
      title: `Goodput under faults: ${what}`,
      note: 'Right results a second as a share of the closed form. A contender that hung or died has no point.',
      option,
    };
  });
}

/** All charts of a report for which there are figures. */
export function chartsOf({ cells }: Report): Chart[] {
  const of = (name: string): Cell[] => cells.filter((cell) => cell.case === name);
  const charts = [
    barChart(of('noop'), 'tasksPerSecond', 'No-op tasks', 'Tasks a second; the axis is logarithmic.', { log: true }),
    barChart(of('sequential'), 'p50', 'One task after another', 'Median time from call to result. Less is better.'),
    barChart(
      of('cpu').filter((cell) => cell.contender !== IDEAL),
      'shareOfIdeal',
      'CPU-bound tasks, no faults',
      'Share of threads over service time.',
      { percent: true },
    ),
    ...faultCharts(of('faults')),
    barChart(
      of('storm'),
      'recoveryMs',
      'Restart storm',
      'Time until all threads run tasks again after the faults stopped. Less is better.',
      { log: true },
    ),
    barChart(of('stragglers'), 'p999', 'Stragglers', 'p99.9 latency. Less is better.'),
    barChart(of('redundancy'), 'wrong', 'Redundancy: wrong answers delivered', 'Less is better.'),
    barChart(of('redundancy'), 'goodput', 'Redundancy: right answers a second', 'With the closed form for as few copies as can agree.'),
    barChart(of('mixed'), 'p99', 'Short tasks among long ones', 'p99 latency of the short ones. Less is better.'),
    barChart(of('payload'), 'megabytesPerSecond', 'Payloads', 'Megabytes a second, one way; the axis is logarithmic.', { log: true }),
    barChart(of('map'), 'tasksPerSecond', '`map` over no-ops', 'Tasks a second; the axis is logarithmic.', { log: true }),
    barChart(of('queued'), 'heapBytesPerTask', 'A queued small task', 'Bytes of heap. Less is better.'),
    barChart(of('deaths'), 'rssBytesPerDeath', 'Thread deaths', 'Resident bytes the process grows by with each death. Less is better.'),
    barChart(
      of('takeover'),
      'takeoverMs',
      'Take-over of a dead slot',
      'From the exit event to the next task. Less is better; the axis is logarithmic.',
      { log: true },
    ),
  ];
  return charts.filter((chart) => chart !== undefined);
}
