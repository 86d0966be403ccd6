import { CASES } from '../cases/index.ts';
import { IDEAL } from '../contenders/index.ts';
import type { Cell, FigureName, GoalResult, Report } from '../results.ts';
import { spreadOf } from '../stats/quantiles.ts';
import { FIGURE_TEXT, short } from './figure-text.ts';

/** Lines of equal columns: the first two to the left, numbers to the right. */
export function alignColumns(rows: readonly (readonly string[])[], left: number = 1): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((text, column) => (column < left ? text.padEnd(widths[column]!) : text.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** A figure's middle and, where rounds differ by more than a hundredth, how far they lay apart. */
function cellText(cell: Cell, name: FigureName): string {
  const spread = cell.figures[name];
  if (!spread) return '-';
  const { unit } = FIGURE_TEXT[name];
  const text = short(spread.median, unit);
  const apart = (spread.high - spread.low) / 2 / Math.abs(spread.median);
  return spread.runs > 1 && unit !== 'count' && Number.isFinite(apart) && apart > 0.01 ? `${text} ±${(apart * 100).toFixed(0)}%` : text;
}

function rowOf(cell: Cell, columns: readonly FigureName[]): string[] {
  const name = cell.contender === IDEAL ? '(ideal)' : cell.contender;
  const status = cell.status === 'ok' ? '' : cell.status.toUpperCase();
  return [`  ${name}`, status, ...columns.map((column) => cellText(cell, column))];
}

/** The tables of all cases that ran, a block per variant. */
export function tableOf(cells: readonly Cell[]): string {
  const lines: string[] = [];
  for (const { name, title, columns } of CASES) {
    const own = cells.filter((cell) => cell.case === name);
    if (own.length === 0) continue;
    lines.push('', title);
    const shown = columns.filter((column) => own.some((cell) => cell.figures[column] !== undefined));
    const rows: string[][] = [['', '', ...shown.map((column) => FIGURE_TEXT[column].label)]];
    for (const variant of new Set(own.map((cell) => cell.variant))) {
      rows.push([variant], ...own.filter((cell) => cell.variant === variant).map((cell) => rowOf(cell, shown)));
    }
    lines.push(...alignColumns(rows, 2));
  }
  return lines.join('\n');
}

/** The goals, one a line, with what was measured. */
export function goalsTable(goals: readonly GoalResult[]): string {
  const rows = goals.map(({ verdict, goal, measured }) => [verdict.toUpperCase(), goal, measured]);
  return ['', 'Goals', ...alignColumns([['', 'goal', 'measured'], ...rows], 3)].join('\n');
}

/** More than this taken by others makes figures doubtful. */
const DISTURBED_CORES = 0.1;

/** How undisturbed the run was, in a sentence. */
function quietness(cells: readonly Cell[]): string {
  const others = spreadOf(cells.map((cell) => cell.figures.othersCores?.median));
  if (!others) return '';
  const text = `other processes kept ${short(others.median, 'x')} cores busy meanwhile, at worst ${short(others.high, 'x')}`;
  return others.median > DISTURBED_CORES ? `${text}: THE MACHINE WAS NOT QUIET, do not trust these figures` : text;
}

/** What the run was: enough to repeat it, and to know what it is worth. */
export function headline({ meta, calibration, cells }: Report): string {
  const [first] = calibration;
  const { done, of } = meta.units;
  return [
    done < of ? `NOT WHOLE: ${done} of ${of} processes had run` : '',
    `${meta.scale} run, ${meta.rounds} round(s), ${meta.threads} threads, seed ${meta.seed}; Node ${meta.node} on ${meta.cpu}, ${meta.cores} cores`,
    first
      ? `a thread's start and death: ${short(first.threadMs, 'ms')} ms of CPU (crash ${short(first.crashMs, 'ms')}, heap limit ${short(first.oomMs, 'ms')}), replacement beside busy threads: ${short(first.replacementMs, 'ms')} ms`
      : '',
    quietness(cells),
  ]
    .filter((line) => line !== '')
    .join('\n');
}
