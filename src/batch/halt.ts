import { BatchError } from './errors.ts';
import type { FirstFailure } from './progress.ts';

/** When failures stop a job: after this many dead letters, or when their share of the finished lines is this large. */
export type HaltRule = { readonly failed: number } | { readonly share: number } | 'never' | 'all fail';

/** Finished lines before which no share is judged, and failures after which a job in which nothing succeeds is stopped. */
const ENOUGH = 100;

/** Whether a run with these numbers of results and dead letters has to stop. */
export function mustHalt(rule: HaltRule, done: number, failed: number): boolean {
  if (rule === 'never' || failed === 0) return false;
  if (rule === 'all fail') return done === 0 && failed >= ENOUGH;
  if ('failed' in rule) return failed >= rule.failed;
  return done + failed >= ENOUGH && failed / (done + failed) >= rule.share;
}

/** Place and message of the first failure. */
export function failureText({ line, file, kind, error }: FirstFailure): string {
  return `line ${line}${file === undefined ? '' : ` of ${file}`} (${kind}): ${error}`;
}

export function haltError(rule: HaltRule, failed: number, first: FirstFailure | undefined): BatchError {
  const why = rule === 'all fail' ? `The first ${failed} lines have all failed` : `${failed} lines have failed`;
  const what = first === undefined ? '' : ` The first one is ${failureText(first)}`;
  const form = first?.kind === 'input' ? ' If the input is text or CSV and not JSON lines, say so (format).' : '';
  const advice =
    rule === 'all fail' ? ' Mend the task or the input; to go on whatever fails, say halt never.' : ' What was on the way is recorded.';
  return new BatchError('ERR_BATCH_HALTED', `${why}, so the job was stopped.${what.replace(/\.?$/, '.')}${form}${advice}`, {
    phase: 'during',
  });
}
