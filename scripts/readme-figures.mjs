// Writes what a benchmark found into the pages that show it, each section between its two marker comments: into the README what came back and
// how fast, into docs/benchmark.md all tables and the goals.
//   node scripts/readme-figures.mjs [--json <file>] [--paired <file>] [--readme <file>] [--docs <file>] [--section <name>]… [--check]
// --section: only this one of outcomes, speed, paired, figures and goals; may come several times. Speed and paired come from the paired benchmark.
// --check writes nothing and fails if a section is not what the data say.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    json: { type: 'string', default: 'bench/results/bench-full.json' },
    paired: { type: 'string', default: 'bench/results/paired.json' },
    readme: { type: 'string', default: 'README.md' },
    docs: { type: 'string', default: 'docs/benchmark.md' },
    section: { type: 'string', multiple: true },
    check: { type: 'boolean', default: false },
  },
});

const number = (value) =>
  value === undefined
    ? '-'
    : value >= 10_000
      ? `${Math.round(value / 1000).toLocaleString('en')} k`
      : Math.round(value).toLocaleString('en');
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');

/** They take part beside a few cases, and have no figures in these tables. */
const NO_POOLS_OF_THREADS = ['ideal', 'raw threads', 'holdfast cells'];

const figure = (cell, name) => cell?.figures[name]?.median;
const find = (cells, name, variant, contender) =>
  cells.find((cell) => cell.case === name && cell.variant.startsWith(variant) && cell.contender === contender);

/** A figure, or why there is none. */
const shown = (cell, text) => (cell === undefined ? '-' : cell.status === 'ok' ? text(cell) : cell.status);

/** One row a contender: how fast without faults. */
function speed(cells, contenders) {
  const micro = (cell) => (figure(cell, 'p50') === undefined ? '-' : `${Math.round(figure(cell, 'p50') * 1000)} µs`);
  const share = (cell) => (figure(cell, 'shareOfIdeal') === undefined ? '-' : `${(figure(cell, 'shareOfIdeal') * 100).toFixed(0)} %`);
  const rate = (cell) => number(figure(cell, 'tasksPerSecond'));
  const columns = [
    ['no-op, 256 in flight, tasks/s', 'noop', '256 ', rate],
    ['no-ops through `map`, tasks/s', 'map', '', rate],
    ['one after another, p50', 'sequential', '', micro],
    ['1 ms tasks, of ideal', 'cpu', '1 ms', share],
    ['5 ms tasks, of ideal', 'cpu', '5 ms', share],
  ].filter(([, name, variant]) => cells.some((cell) => cell.case === name && cell.variant.startsWith(variant)));
  const rows = contenders.map((who) => [who, ...columns.map(([, name, variant, text]) => shown(find(cells, name, variant, who), text))]);
  return table(['', ...columns.map(([label]) => label)], rows);
}

/** What went wrong besides the goodput, in a word or two; nothing where all was well. */
function damage(cell) {
  const parts = [
    ['lost', 'lost'],
    ['wrong', 'wrong'],
    ['innocentsFailed', 'innocent'],
    ['uncaught', 'uncaught'],
  ];
  const found = parts.filter(([name]) => figure(cell, name) > 0).map(([name, word]) => `${number(figure(cell, name))} ${word}`);
  return found.length > 0 ? ` (${found.join(', ')})` : '';
}

/** One row a fault: goodput as a share of the ideal, and what was lost on the way. */
function underFaults(cells, contenders) {
  const variants = [...new Set(cells.filter((cell) => cell.case === 'faults').map((cell) => cell.variant))];
  const wanted = variants.filter((variant) => / (1|5) %$/.test(variant));
  const text = (cell) => `${((figure(cell, 'shareOfIdeal') ?? 0) * 100).toFixed(0)} %${damage(cell)}`;
  const rows = wanted.map((variant) => [
    variant,
    ...contenders.map((who) =>
      shown(
        cells.find((cell) => cell.case === 'faults' && cell.variant === variant && cell.contender === who),
        text,
      ),
    ),
  ]);
  return rows.length === 0 ? '' : table(['fault, share of attempts', ...contenders], rows);
}

/** What all faults and rates came to, in two sentences. */
function inAll(cells) {
  const under = (who) => cells.filter((cell) => cell.case === 'faults' && cell.contender === who);
  const ours = under('holdfast');
  if (ours.length === 0) return [];
  const clean = ours.filter((cell) => cell.status === 'ok' && damage(cell) === '').length;
  const pairs = under('piscina+glue').flatMap((rival) => {
    const own = figure(
      ours.find(({ variant }) => variant === rival.variant),
      'shareOfIdeal',
    );
    return own === undefined ? [] : [{ variant: rival.variant, own, other: figure(rival, 'shareOfIdeal') ?? 0 }];
  });
  const worst = pairs.sort((a, b) => a.own / a.other - b.own / b.other)[0];
  const percent = (share) => `${(share * 100).toFixed(0)} %`;
  return [
    '',
    `In ${clean} of ${ours.length} combinations of fault and rate Holdfast lost no task, gave no wrong answer and failed none for its neighbour.`,
    ...(worst === undefined
      ? []
      : [
          `It kept at least as much as Piscina with p-retry and p-timeout around it in ${pairs.filter(({ own, other }) => own >= other).length} of ${pairs.length};`,
          `the worst for it was ${worst.variant}, with ${percent(worst.own)} against ${percent(worst.other)}.`,
        ]),
  ];
}

/** What one run was. */
function circumstances({ cpu, cores, node, threads, rounds, units }) {
  const part = units.done < units.of ? `, stopped after ${units.done} of its ${units.of} processes` : '';
  return `${cpu}, ${cores} cores, Node ${node}, ${threads} threads, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}${part}`;
}

const contendersOf = (cells) => [...new Set(cells.map((cell) => cell.contender))].filter((name) => !NO_POOLS_OF_THREADS.includes(name));
const commandOf = ({ command }) => command.replace(/ --out \S+/, '');
const versionsOf = ({ versions }) =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

/** What became of the 1,000 tasks, in a few words: what is zero is left out. */
function answers(cell) {
  const parts = ['right', 'failed', 'wrong', 'unanswered'].map((name) => [figure(cell, name) ?? 0, name === 'unanswered' ? 'hung' : name]);
  const text = parts
    .filter(([count, name]) => count > 0 || name === 'right')
    .map(([count, name]) => `${number(count)} ${name}`)
    .join(', ');
  return cell.contender === 'holdfast' ? `**${text}**` : text;
}

/** The table that comes first: of the same tasks under the same faults, what came back. */
function outcomes({ meta, cells }) {
  const own = cells.filter((cell) => cell.case === 'outcomes');
  if (own.length === 0) fail(`Expected the case outcomes in ${values.json}. Run npm run bench -- --case outcomes, or all cases.`);
  const contenders = contendersOf(own);
  const rows = [...new Set(own.map((cell) => cell.variant))].map((variant) => [
    variant,
    ...contenders.map((who) => {
      const cell = find(own, 'outcomes', variant, who);
      return cell === undefined ? '-' : cell.status === 'ok' || figure(cell, 'settled') !== undefined ? answers(cell) : cell.status;
    }),
  ]);
  return [
    'The same 1,000 tasks of 1 ms each; every attempt is struck with a probability of 5 %. *Hung* tasks were still open when nothing moved any more, or when',
    'the program had crashed. An error that the task itself throws is its answer: Holdfast retries it only if `retry.on` says so.',
    '',
    [row(['an attempt that is struck …', ...contenders]), row(contenders.map(() => '---').concat('---')), ...rows.map(row)].join('\n'),
    '',
    `\`${commandOf(meta)}\` on Node ${meta.node}: ${versionsOf(meta)}, each set up as its own docs advise against these faults; *piscina+glue* is Piscina with p-retry and p-timeout around`,
    'every call. Against wrong results Holdfast runs each task twice (`redundancy: { replicas: 2, quorum: 2 }`).',
  ].join('\n');
}

function performance({ meta, cells }) {
  const contenders = contendersOf(cells);
  return [
    `Measured on ${circumstances(meta)}, all protections of Holdfast at their defaults. Figures move from machine to machine; the ratios are what counts.`,
    '',
    speed(cells, contenders),
    '',
    'Goodput under injected faults, as a share of what the closed form allows; in brackets what else was lost.',
    '*Innocent* are tasks that failed although no fault struck them; *hung* is a contender with tasks that never settled.',
    '',
    underFaults(cells, contenders),
    ...inAll(cells),
    '',
    `Reproduce it with \`${commandOf(meta)}\` (${versionsOf(meta)}).`,
  ].join('\n');
}

/** Every goal of the project, and what came of it. */
function goals({ meta, goals }) {
  const cell = (text) => text.replaceAll('|', '\\|');
  const rows = goals.map(({ goal, verdict, measured }) =>
    row([cell(goal), verdict === 'pass' ? verdict : `**${verdict}**`, cell(measured)]),
  );
  return [
    `\`${commandOf(meta)}\`, ${Math.round(meta.seconds / 60)} minutes on ${circumstances(meta)}:`,
    '',
    row(['goal', '', 'measured']),
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The text with this section made anew. */
function filled(file, old, name, made) {
  const [from, to] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [start, end] = [old.indexOf(from), old.indexOf(to)];
  if (start < 0 || end < start) fail(`Expected ${from} and ${to} in ${file}, in that order. Put them where the section belongs.`);
  const text = `${old.slice(0, start + from.length)}\n${made}\n${old.slice(end)}`;
  if (values.check && text !== old) fail(`The section ${name} of ${file} is not what was measured. Run node scripts/readme-figures.mjs.`);
  return text;
}

const SECTIONS = [
  [values.readme, 'outcomes', values.json, outcomes],
  [values.readme, 'speed', values.paired, ({ short }) => short],
  [values.docs, 'paired', values.paired, ({ tables }) => tables],
  [values.docs, 'figures', values.json, performance],
  [values.docs, 'goals', values.json, goals],
];
const pages = new Map();
for (const [file, name, found, make] of SECTIONS.filter(([, name]) => values.section?.includes(name) ?? true)) {
  const made = make(JSON.parse(readFileSync(found, 'utf8')));
  pages.set(file, filled(file, pages.get(file) ?? readFileSync(file, 'utf8'), name, made));
}
if (!values.check) for (const [file, text] of pages) writeFileSync(file, text);
