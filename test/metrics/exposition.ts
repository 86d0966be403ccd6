/** A reader and checker of the Prometheus text format, as strict as `promtool check metrics`. */

export interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly lines: Line[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** @throws if the text is not well formed */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the text does not end with a line feed');
  const families = new Map<string, Family>();
  let help: { name: string; text: string } | undefined;
  let family: Family | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('# HELP ')) {
      const [, , name, ...words] = line.split(' ');
      help = { name: name!, text: words.join(' ') };
    } else if (line.startsWith('# TYPE ')) {
      const [, , name, type, ...rest] = line.split(' ');
      if (help?.name !== name) throw new Error(`TYPE without its HELP before it: ${line}`);
      if (rest.length > 0) throw new Error(`more than a type: ${line}`);
      if (families.has(name!)) throw new Error(`${name} comes twice`);
      family = { name: name!, help: help!.text, type: type!, lines: [] };
      families.set(name!, family);
    } else if (line.startsWith('#')) {
      throw new Error(`unknown comment: ${line}`);
    } else {
      const sample = parseLine(line);
      if (family === undefined || !belongs(sample.name, family)) throw new Error(`a line without its family: ${line}`);
      family.lines.push(sample);
    }
  }
  return families;
}

function belongs(name: string, { name: base, type }: Family): boolean {
  return type === 'histogram' ? [`${base}_bucket`, `${base}_sum`, `${base}_count`].includes(name) : name === base;
}

function parseLine(line: string): Line {
  const open = line.indexOf('{');
  const name = line.slice(0, open === -1 ? line.indexOf(' ') : open);
  if (!NAME.test(name)) throw new Error(`bad metric name: ${line}`);
  const { labels, end } = open === -1 ? { labels: {}, end: name.length } : parseLabels(line, open + 1);
  const rest = line.slice(end);
  if (!/^ (?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf|-Inf|Nan|NaN)$/.test(rest))
    throw new Error(`bad value ${JSON.stringify(rest)}: ${line}`);
  return { name, labels, value: Number(rest.slice(1).replace('Inf', 'Infinity')) };
}

/** Reads `name="value",...}`; the escapes are \\, \" and \n, and nothing else. */
function parseLabels(line: string, from: number): { labels: Record<string, string>; end: number } {
  const labels: Record<string, string> = {};
  let at = from;
  while (line[at] !== '}') {
    const match = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"/.exec(line.slice(at));
    if (match === null) throw new Error(`bad label at ${at}: ${line}`);
    const [whole, name, escaped] = match;
    if (Object.hasOwn(labels, name!)) throw new Error(`label ${name} comes twice: ${line}`);
    labels[name!] = escaped!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    at += whole!.length;
    if (line[at] === ',') at++;
    else if (line[at] !== '}') throw new Error(`expected , or } at ${at}: ${line}`);
  }
  return { labels, end: at + 1 };
}

const UNITS =
  /(?:^|_)(?:ms|millis|milliseconds|micros|microseconds|nanos|nanoseconds|minutes?|hours?|days?|kb|mb|gb|kilobytes|megabytes|percent)(?:_|$)/;
const TYPES = ['counter', 'gauge', 'histogram'];

/** What `promtool check metrics` and the naming rules of Prometheus would complain about. */
export function lint(families: ReadonlyMap<string, Family>): string[] {
  const problems: string[] = [];
  for (const family of families.values()) {
    const { name, help, type, lines } = family;
    const say = (what: string): number => problems.push(`${name}: ${what}`);
    if (help.trim() === '') say('no help');
    if (!TYPES.includes(type)) say(`type ${type}`);
    if ((type === 'counter') !== name.endsWith('_total')) say('counters, and only counters, end in _total');
    if (type !== 'histogram' && /_(?:count|sum|bucket)$/.test(name)) say('an ending that is reserved for histograms');
    if (/_(?:counter|gauge|histogram|summary)(?:_|$)/.test(name)) say('its type in its name');
    if (UNITS.test(name)) say('not a base unit');
    if (type === 'histogram' && !/_(?:seconds|bytes|ratio)$/.test(name)) say('a histogram without a unit');
    if (name !== name.toLowerCase()) say('capitals');
    for (const line of lines) {
      const whole = Number.isInteger(line.value) || name.endsWith('_seconds_total');
      if (type === 'counter' && !(line.value >= 0 && whole)) say(`counts ${line.value}`);
      for (const label of Object.keys(line.labels)) if (/(?:^|_)id$|Id$/.test(label)) say(`an id as label: ${label}`);
    }
    const seen = new Set(lines.map((line) => key(line)));
    if (seen.size !== lines.length) say('a series comes twice');
    if (type === 'histogram') problems.push(...lintHistogram(family));
  }
  return problems;
}

function lintHistogram({ name, lines }: Family): string[] {
  const problems: string[] = [];
  const series = new Map<string, Line[]>();
  for (const line of lines) {
    const { le: _, ...labels } = line.labels;
    const id = key({ name: '', labels });
    series.set(id, [...(series.get(id) ?? []), line]);
  }
  for (const [id, group] of series) {
    const say = (what: string): number => problems.push(`${name}${id}: ${what}`);
    const buckets = group.filter((line) => line.name === `${name}_bucket`);
    const bounds = buckets.map((line) => (line.labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(line.labels.le)));
    for (let i = 1; i < buckets.length; i++) {
      if (!(bounds[i]! > bounds[i - 1]!)) say('bounds do not grow');
      if (buckets[i]!.value < buckets[i - 1]!.value) say('buckets are not cumulative');
    }
    const count = group.filter((line) => line.name === `${name}_count`);
    const sum = group.filter((line) => line.name === `${name}_sum`);
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) say('no +Inf bucket');
    if (count.length !== 1 || sum.length !== 1) say('not one _count and one _sum');
    else if (buckets.at(-1)?.value !== count[0]!.value) say('the +Inf bucket is not the count');
    else if (count[0]!.value === 0 && sum[0]!.value !== 0) say('a sum of nothing');
  }
  return problems;
}

function key({ name, labels }: Pick<Line, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}${JSON.stringify(pairs)}`;
}

/** The one value of a series. */
export function seriesValue(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  const lines = (families.get(name) ?? families.get(base))?.lines ?? [];
  const found = lines.filter(
    (line) => line.name === name && Object.entries(labels).every(([label, value]) => line.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${name} ${JSON.stringify(labels)} is not one series: ${found.length}`);
  return found[0]?.value;
}

/** What a register says, parsed. */
export async function read(register: { metrics(): Promise<string> }): Promise<ReturnType<typeof parseExposition>> {
  return parseExposition(await register.metrics());
}
