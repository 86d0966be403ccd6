import { type BatchSummary, failureText } from '../../batch/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { kindsText } from './failures.ts';
import { count, duration, lines, perSecond } from './words.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** How a run ended, as the command line sees it. */
export type Outcome =
  | { readonly how: 'complete'; readonly summary: BatchSummary }
  /** It was asked to stop, and what had begun was finished. */
  | { readonly how: 'drained'; readonly summary: BatchSummary; readonly signal: StopSignal }
  /** It was asked to stop twice. */
  | { readonly how: 'killed'; readonly signal: StopSignal }
  /** The job goes on without this command. */
  | { readonly how: 'left'; readonly signal: StopSignal }
  | {
      readonly how: 'failed';
      readonly phase: 'before' | 'during';
      readonly code: string;
      readonly message: string;
      readonly causes: readonly string[];
    };

export function exitCode(outcome: Outcome): number {
  switch (outcome.how) {
    case 'complete':
      return outcome.summary.failed > 0 ? EXIT.someFailed : EXIT.done;
    case 'drained':
    case 'killed':
    case 'left':
      return exitCodeOf(outcome.signal);
    case 'failed':
      return outcome.phase === 'before' ? EXIT.usage : EXIT.stopped;
  }
}

/** What a person reads at the end. */
export function summaryText(summary: BatchSummary): string {
  const { done, failed, earlier, retries, ms, out, failedPath, outcome, firstFailure } = summary;
  if (outcome === 'dry run') return dryRunText(summary);
  const here = done + failed - earlier;
  const of = outcome === 'complete' ? 'All done' : 'Stopped';
  const rows = [
    `${of}: ${lines(done + failed)} in ${duration(ms)}${here > 0 && ms > 0 ? `, ${perSecond((here * 1_000) / ms)}` : ''}`,
    `  results       ${count(done).padStart(12)}   ${out === '-' ? 'standard output' : out}`,
    `  dead letters  ${count(failed).padStart(12)}   ${failed > 0 ? failedPath : 'none'}`,
    `  retries       ${count(retries).padStart(12)}`,
  ];
  const kinds = kindsText(summary);
  if (kinds !== '') rows.splice(3, 0, `${' '.repeat(31)}${kinds.slice(2, -1)}`);
  if (firstFailure !== undefined) rows.push(`  first failure: ${failureText(firstFailure)}`);
  if (earlier > 0) rows.push(`  from before   ${count(earlier).padStart(12)}`);
  return rows.join('\n');
}

function dryRunText({ done, failed, lines: read, bytes, out }: BatchSummary): string {
  const bad = failed === 0 ? '' : `; ${count(failed)} cannot be read as tasks and would become dead letters`;
  return `The task module loads. Of ${lines(read)} (${count(bytes)} bytes), ${count(done)} would be run${bad}. Results would go to ${out === '-' ? 'standard output' : out}. Nothing was run or written.`;
}

/** What a program reads at the end: one line of JSON. */
export function summaryJson(outcome: Outcome, resume: string | undefined): string {
  const common = { outcome: outcome.how, exitCode: exitCode(outcome), ...(resume !== undefined && { resume }) };
  if (outcome.how === 'failed') return JSON.stringify({ ...common, code: outcome.code, message: outcome.message });
  if (outcome.how === 'killed' || outcome.how === 'left') return JSON.stringify(common);
  const { outcome: _, open: __, longest: ___, ...figures } = outcome.summary;
  return JSON.stringify({ ...common, ...figures, ms: Math.round(figures.ms) });
}
