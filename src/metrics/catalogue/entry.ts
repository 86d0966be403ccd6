import type { TimeHistogram } from '../../core/counting/histogram.ts';
import type { LabelCounts, TaskTally } from '../../core/counting/tally.ts';
import type { MetricsSource } from '../source.ts';

/** One series of a metric at the time of a scrape. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | TimeHistogram;
}

/** One metric: the one place where it is named, described and read. */
export interface MetricEntry<Source = MetricsSource> {
  /** Without the prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Base unit, which the name ends with; counts have none. */
  readonly unit: 'seconds' | 'bytes' | 'ratio' | undefined;
  /** Besides `pool`, or `server`. */
  readonly labels: readonly string[];
  readonly help: string;
  /** How prom-client joins the values of several processes. */
  readonly aggregator: 'sum' | 'average' | 'max' | 'min';
  read(source: Source): Sample[];
}

type Entry<Source> = Pick<MetricEntry<Source>, 'name' | 'help' | 'read'> & { readonly labels?: readonly string[] };
type Kind = Pick<MetricEntry, 'type' | 'unit' | 'aggregator'>;

const made =
  (kind: Kind) =>
  <Source = MetricsSource>(entry: Entry<Source>): MetricEntry<Source> => ({ ...kind, labels: [], ...entry });

export const counter = made({ type: 'counter', unit: undefined, aggregator: 'sum' });
export const secondsSpent = made({ type: 'counter', unit: 'seconds', aggregator: 'sum' });
export const gauge = made({ type: 'gauge', unit: undefined, aggregator: 'sum' });
export const ratio = made({ type: 'gauge', unit: 'ratio', aggregator: 'average' });
export const age = made({ type: 'gauge', unit: 'seconds', aggregator: 'max' });
export const memory = made({ type: 'gauge', unit: 'bytes', aggregator: 'sum' });
export const least = made({ type: 'gauge', unit: undefined, aggregator: 'min' });
export const times = made({ type: 'histogram', unit: 'seconds', aggregator: 'sum' });

/** Known label values are there from the start, as 0: a series that begins at 1 hides its first increase from a query. */
export function counted(
  label: string,
  known: readonly string[],
  counts: LabelCounts,
  more: Readonly<Record<string, string>> = {},
): Sample[] {
  const values = new Map<string, number>(known.map((value) => [value, 0]));
  for (const [value, count] of counts.values) values.set(value, count);
  return Array.from(values, ([value, count]) => ({ labels: { ...more, [label]: value }, value: count }));
}

export type TaskLabels = Readonly<Record<string, string>>;

export function perTask(source: MetricsSource, read: (tally: TaskTally, labels: TaskLabels) => Sample[]): Sample[] {
  return Array.from(source.tally.tasks.values(), (tally) => read(tally, labelsOf(tally))).flat();
}

/** The label `module` is there only where a call of `run` has named one: to Prometheus a label without a value does not exist. */
function labelsOf({ name, module }: TaskTally): TaskLabels {
  return module === undefined ? { task: name } : { task: name, module };
}

export function byLabel(label: string, values: ReadonlyMap<string, number>): Sample[] {
  return Array.from(values, ([name, value]) => ({ labels: { [label]: name }, value }));
}

export const one = (value: number | TimeHistogram): Sample[] => [{ labels: {}, value }];
