import { bestOf, crashCostOf, expectedAt, keptOf, type Row, timeoutFor } from './findings.ts';

const rateText = (perSecond: number): string => `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en')}/s`;
const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
const msText = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : Math.round(ms).toLocaleString('en')} ms`;

const OTHER_RATES = [0.001, 0.01, 0.05, 0.1] as const;

/** What `--json` prints, and what the words are made of. */
export interface Findings {
  readonly task: string;
  readonly inputs: number;
  readonly crashRate: number;
  /** One task at a time on one thread: milliseconds of the median and of the slowest. */
  readonly alone: { readonly p50: number; readonly slowest: number };
  readonly rows: readonly Row[];
}

/** Columns of numbers, to the right, under their heads. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) => row.map((text, at) => text.padStart(widths[at]!)).join('   ')).join('\n');
}

function table({ rows, crashRate }: Findings): string {
  const heads = ['threads', 'spares', 'no faults', `${percent(crashRate)} crashes`, 'kept', 'failed', 'p99'];
  const lines = rows.map((row) => [
    String(row.threads),
    String(row.spares),
    rateText(row.clean),
    rateText(row.crashing),
    percent(keptOf(row)),
    `${row.failed} of ${row.sent}`,
    msText(row.p99),
  ]);
  return columns([heads, ...lines]);
}

/** The findings for a person. */
export function findingsText(findings: Findings): string {
  const { task, inputs, crashRate, alone, rows } = findings;
  const best = bestOf(rows);
  const others = OTHER_RATES.filter((rate) => rate !== crashRate);
  const expected = others.map((rate) => `${rateText(expectedAt(best, crashRate, rate))} at ${percent(rate)}`).join(', ');
  return [
    `${task}, ${inputs} ${inputs === 1 ? 'input' : 'inputs'}: ${msText(alone.p50)} a task, the slowest ${msText(alone.slowest)}`,
    '',
    table(findings),
    '',
    `Most under crashes: { threads: ${best.threads}, spares: ${best.spares} } keeps ${rateText(best.crashing)}, ${percent(keptOf(best))} of ${rateText(best.clean)}.`,
    `A crash costs about ${msText(crashCostOf(best, crashRate))} of thread time; so expect ${expected}.`,
    `A time-out as tight as { timeout: ${timeoutFor(alone.slowest)} } would still be twenty times the slowest task of the sample.`,
  ].join('\n');
}

/** The findings for a program. */
export function findingsJson(findings: Findings): string {
  const best = bestOf(findings.rows);
  return JSON.stringify({
    ...findings,
    rows: findings.rows.map((row) => ({ ...row, kept: keptOf(row) })),
    best: { threads: best.threads, spares: best.spares },
    crashCostMs: crashCostOf(best, findings.crashRate),
    timeout: timeoutFor(findings.alone.slowest),
  });
}
