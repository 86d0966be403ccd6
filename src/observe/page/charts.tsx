import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Point, Snapshot } from '../frames.ts';
import { short, time } from './format.ts';
import { color, onTheme, type View } from './view.ts';

interface Line {
  readonly label: string;
  readonly paint: string;
  readonly dash?: readonly number[];
  /** Filled below; the lines of a chart that are filled are stacked. */
  readonly fill?: boolean;
  read(point: Point): number | null;
}

interface Chart {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Milliseconds on a logarithmic axis. */
  readonly times?: boolean;
}

const CHARTS: readonly Chart[] = [
  {
    title: 'Tasks settled a second',
    lines: [
      { label: 'failed', paint: 'death', fill: true, read: ({ rejected }) => rejected },
      { label: 'fulfilled', paint: 'ok', fill: true, read: ({ fulfilled }) => fulfilled },
    ],
  },
  { title: 'Attempts that wait', lines: [{ label: 'waiting', paint: 'takeover', fill: true, read: ({ queued }) => queued }] },
  {
    title: 'Time of an attempt',
    times: true,
    lines: [
      { label: 'run p50', paint: 'ok', read: ({ run50 }) => run50 },
      { label: 'run p99', paint: 'ok', dash: [4, 3], read: ({ run99 }) => run99 },
      { label: 'wait p50', paint: 'given-up', read: ({ wait50 }) => wait50 },
      { label: 'wait p99', paint: 'given-up', dash: [4, 3], read: ({ wait99 }) => wait99 },
    ],
  },
  {
    title: 'Threads by state',
    lines: [
      { label: 'orphan', paint: 'death', fill: true, read: ({ orphan }) => orphan },
      { label: 'busy', paint: 'ok', fill: true, read: ({ busy }) => busy },
      { label: 'ready', paint: 'running', fill: true, read: ({ ready }) => ready },
      { label: 'spare', paint: 'takeover', fill: true, read: ({ spare }) => spare },
      { label: 'starting', paint: 'error', fill: true, read: ({ starting, stopping }) => starting + stopping },
    ],
  },
];

/** Pixels. */
const HEIGHT = 140;

/** Heights of each line; of those that are filled, each stands on the one before. */
function columns({ lines }: Chart, points: readonly Point[], offset: number): uPlot.AlignedData {
  const below = new Array<number>(points.length).fill(0);
  const rows = lines.map((line) =>
    points.map((point, i) => {
      const value = line.read(point);
      if (line.fill !== true || value === null) return value;
      below[i]! += value;
      return below[i]!;
    }),
  );
  return [points.map(({ at }) => (at + offset) / 1_000), ...rows] as uPlot.AlignedData;
}

/** Room for the longest number of an axis, and for half of a time below it, which would be cut off. */
const roomFor = (numbers: readonly string[] | null): number => 14 + 7 * Math.max(2, ...(numbers ?? []).map((number) => number.length));
/** Steps of an axis on which things are counted: there is no half of a thread. */
const WHOLE = [1, 2, 5].flatMap((digit) => Array.from({ length: 9 }, (_, zeros) => digit * 10 ** zeros)).sort((a, b) => a - b);

/** On a logarithmic axis, a line for each power of ten is enough. */
const decade = (at: number): number | null => (Math.abs(Math.log10(at) - Math.round(Math.log10(at))) < 1e-6 ? at : null);

function optionsOf(chart: Chart, width: number): uPlot.Options {
  const axis = {
    stroke: color('faint'),
    grid: { stroke: color('line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const value = chart.times ? time : short;
  // Drawn from the top of the stack down, so that the lower ones cover it.
  const series = chart.lines.map(
    (line): uPlot.Series => ({
      label: line.label,
      stroke: color(line.paint),
      width: line.fill ? 0 : 1.5,
      points: { show: false },
      ...(line.dash && { dash: [...line.dash] }),
    }),
  );
  const bands = chart.lines.flatMap(({ fill, paint }, i): uPlot.Band[] =>
    fill && i > 0 ? [{ series: [i + 1, i], fill: `${color(paint)}b0` }] : [],
  );
  if (chart.lines[0]!.fill) series[0] = { ...series[0]!, fill: `${color(chart.lines[0]!.paint)}b0` };
  return {
    width,
    height: HEIGHT,
    padding: [8, 26, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    series: [{}, ...series],
    bands,
    scales: {
      x: { time: true },
      y: chart.times ? { distr: 3 } : { range: (_plot, _low, high) => [0, Math.max(4, high * 1.1)] },
    },
    axes: [
      { ...axis, space: 70, size: 24, values: (_plot, ticks) => ticks.map((at) => new Date(at * 1_000).toLocaleTimeString('en-GB')) },
      {
        ...axis,
        size: (_plot, numbers) => roomFor(numbers),
        space: 28,
        ...(!chart.times && { incrs: WHOLE }),
        grid: { ...axis.grid, ...(chart.times && { filter: (_plot: uPlot, at: number[]) => at.map(decade) }) },
        values: (_plot, ticks) => ticks.map((tick) => (tick === null || tick === undefined ? '' : value(tick))),
      },
    ],
  };
}

function Curve({ chart, data, view }: { chart: Chart; data: Snapshot; view: View }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const offset = data.wall - data.now;
  const until = view.until ?? data.now;
  const drawn = columns(chart, data.points, offset);
  const newest = useRef(drawn);
  newest.current = drawn;
  useEffect(() => {
    const make = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(chart, place.current!.clientWidth), newest.current, place.current!);
    };
    make();
    const off = onTheme(make);
    const resized = new ResizeObserver(() => plot.current!.setSize({ width: place.current!.clientWidth, height: HEIGHT }));
    resized.observe(place.current!);
    return () => {
      off();
      resized.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => {
    const first = data.points[0]?.at ?? data.since;
    const from = view.span === Number.POSITIVE_INFINITY ? Math.min(first, until - 1_000) : until - view.span;
    plot.current!.setData(drawn, false);
    plot.current!.setScale('x', { min: (from + offset) / 1_000, max: (until + offset) / 1_000 });
  });
  const last = data.points.findLast(({ at }) => at <= until);
  return (
    <figure class="panel">
      <figcaption>
        <h2>{chart.title}</h2>
        <ul class="lines">
          {chart.lines.map((line) => (
            <li key={line.label}>
              <span class={`stroke ${line.paint}${line.dash ? ' dashed' : ''}`} aria-hidden="true" />
              {line.label} <b>{last === undefined ? '–' : chart.times ? time(line.read(last)) : short(line.read(last) ?? 0)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
    </figure>
  );
}

export function Charts({ data, view }: { data: Snapshot; view: View }): JSX.Element {
  return (
    <section class="charts" aria-label="Curves">
      {CHARTS.map((chart) => (
        <Curve key={chart.title} chart={chart} data={data} view={view} />
      ))}
    </section>
  );
}
