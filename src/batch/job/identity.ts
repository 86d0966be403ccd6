import { BatchError } from '../errors.ts';
import type { JobIdentity } from '../journal/job-file.ts';

function other(what: string, was: unknown, is: unknown, advice: string): BatchError {
  return new BatchError(
    'ERR_BATCH_OTHER_JOB',
    `These results belong to another job: ${what} was ${JSON.stringify(was)}, and now is ${JSON.stringify(is)}. ${advice}`,
  );
}

const KEEP = 'Resume with what the job began with, or write to another output.';

/** Throws `ERR_BATCH_OTHER_JOB` unless `now` may go on with what `then` has written. */
export function checkSameJob(then: JobIdentity, now: JobIdentity, allowChangedTask: boolean): void {
  if (then.task.name !== now.task.name) throw other('the export (name)', then.task.name, now.task.name, KEEP);
  if (then.task.sha256 !== now.task.sha256 && !allowChangedTask) {
    const advice = `${now.task.path} has changed since. ${KEEP} If the rest is meant to run with the new task, say so (allowChangedTask).`;
    throw other("the task module's SHA-256", then.task.sha256.slice(0, 12), now.task.sha256.slice(0, 12), advice);
  }
  if (then.failed !== now.failed) throw other('the file of dead letters (failed)', then.failed, now.failed, KEEP);
  if (then.ordered !== now.ordered) throw other('ordered', then.ordered, now.ordered, KEEP);
  if (then.format !== now.format) throw other('format', then.format, now.format, KEEP);
  if (then.argv.join('\0') !== now.argv.join('\0'))
    throw other('what the task is told (argv)', then.argv.join(' '), now.argv.join(' '), KEEP);
  if (then.maxLine !== now.maxLine) throw other('maxLine', then.maxLine, now.maxLine, KEEP);
  if (then.deadLetters !== now.deadLetters) throw other('deadLetters', then.deadLetters, now.deadLetters, KEEP);
  if (then.inputs.length !== now.inputs.length) throw other('the number of inputs', then.inputs.length, now.inputs.length, KEEP);
}
