// Writes the performance section of the README, and the goals of docs/benchmark.md, from a benchmark's data, each between its two marker comments.
//   node scripts/readme-figures.mjs [--json <file>] [--readme <file>] [--docs <file>] [--check]
// --check writes nothing and fails if a section is not what the data say.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    json: { type: 'string', default: 'bench/results/bench-full.json' },
    readme: { type: 'string', default: 'README.md' },
    docs: { type: 'string', default: 'docs/benchmark.md' },
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

function performance({ meta, cells }) {
  const contenders = [...new Set(cells.map((cell) => cell.contender))].filter((name) => !NO_POOLS_OF_THREADS.includes(name));
  const versions = Object.entries(meta.versions).map(([name, version]) => `${name} ${version}`);
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
    `Reproduce it with \`${meta.command.replace(/ --out \S+/, '')}\` (${versions.join(', ')}). What is measured, and how: [docs/benchmark.md](docs/benchmark.md).`,
  ].join('\n');
}

/** Every goal of the project, and what came of it. */
function goals({ meta, goals }) {
  const cell = (text) => text.replaceAll('|', '\\|');
  const rows = goals.map(({ goal, verdict, measured }) =>
    row([cell(goal), verdict === 'pass' ? verdict : `**${verdict}**`, cell(measured)]),
  );
  return [
    `\`${meta.command.replace(/ --out \S+/, '')}\`, ${Math.round(meta.seconds / 60)} minutes on ${circumstances(meta)}:`,
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

/** The file with this section made anew. */
function filled(file, name, text) {
  const old = readFileSync(file, 'utf8');
  const [from, to] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [start, end] = [old.indexOf(from), old.indexOf(to)];
  if (start < 0 || end < start) fail(`Expected ${from} and ${to} in ${file}, in that order. Put them where the section belongs.`);
  const made = `${old.slice(0, start + from.length)}\n${text}\n${old.slice(end)}`;
  if (values.check && made !== old)
    fail(`The section ${name} of ${file} is not what ${values.json} says. Run node scripts/readme-figures.mjs.`);
  return made;
}

const report = JSON.parse(readFileSync(values.json, 'utf8'));
const made = [
  [values.readme, filled(values.readme, 'benchmark', performance(report))],
  [values.docs, filled(values.docs, 'goals', goals(report))],
];
if (!values.check) for (const [file, text] of made) writeFileSync(file, text);
