import type { Came } from './check.ts';
import type { Prepared, RealJob, Tool } from './job.ts';
import type { Ran } from './shell.ts';

/** One job done by one tool. */
export interface Row {
  readonly job: RealJob;
  readonly prepared: Prepared;
  readonly tool: Tool;
  readonly ran: Ran;
  readonly came: Came;
}

const number = (value: number): string => value.toLocaleString('en-US');

/** At most `most` lines of what was said, each cut to the width of a page; of more, the first and the last ones. */
function excerpt(said: string, most: number): string[] {
  const lines = said
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  const short = lines.map((line) => (line.length > 140 ? `${line.slice(0, 139)}…` : line));
  if (short.length <= most) return short;
  const last = Math.ceil(most / 2);
  return [...short.slice(0, most - last), `… (${number(lines.length - most)} more lines)`, ...short.slice(-last)];
}

function rowText({ prepared, tool, ran, came }: Row): string {
  const faulty = prepared.bad.length === 0 ? '' : `${number(came.named)} of ${number(prepared.bad.length)}`;
  const strange = [`${number(came.wrong)} wrong`, `${number(came.twice)} twice`, `${number(came.torn)} no result`].filter(
    (text) => !text.startsWith('0 '),
  );
  const cpu = Number.isNaN(ran.cpuSeconds) ? '' : `${ran.cpuSeconds.toFixed(1)} s`;
  return `| ${tool} | ${ran.seconds.toFixed(1)} s | ${cpu} | ${number(came.right)} | ${number(came.missing)} | ${strange.join(', ')} | ${faulty} | ${ran.exit} |`;
}

/** What one job came to, as Markdown. */
export function jobText(rows: readonly Row[]): string {
  const { job, prepared } = rows[0]!;
  const table = [
    '| tool | time | CPU | right | missing | besides | bad lines named | exit code |',
    '|---|---:|---:|---:|---:|---|---|---|',
    ...rows.map(rowText),
  ];
  const session = rows.flatMap(({ tool, ran }) => [`$ ${job.lines[tool]}`, ...excerpt(ran.said, 10), '']);
  const size = `${number(prepared.expected.size + prepared.bad.length)} lines, ${number(Math.round(prepared.bytes / 1e4) / 100)} MB`;
  return [
    `### ${job.name[0]!.toUpperCase()}${job.name.slice(1)}`,
    '',
    `${job.about} (here: ${size}).`,
    '',
    ...table,
    '',
    '```console',
    ...session.slice(0, -1),
    '```',
    '',
  ].join('\n');
}

/** All jobs side by side, as Markdown. */
export function overview(rows: readonly Row[], tools: readonly Tool[]): string {
  const names = [...new Set(rows.map(({ job }) => job.name))];
  const cell = (name: string, tool: Tool): string => {
    const row = rows.find((one) => one.job.name === name && one.tool === tool)!;
    const { right, wrong, twice, torn } = row.came;
    const of = row.prepared.expected.size;
    const lost = right === of ? 'all' : `${number(right)} of ${number(of)}`;
    return `${row.ran.seconds.toFixed(1)} s, ${lost}${wrong + twice + torn === 0 ? '' : `, ${number(wrong + twice + torn)} wrong or twice`}`;
  };
  return [
    `| job | ${tools.join(' | ')} |`,
    `|---|${tools.map(() => '---').join('|')}|`,
    ...names.map((name) => `| ${name} | ${tools.map((tool) => cell(name, tool)).join(' | ')} |`),
    '',
  ].join('\n');
}
