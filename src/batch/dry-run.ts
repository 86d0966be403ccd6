import type { Inputs } from './job/inputs.ts';
import { DueLines } from './lines/due-lines.ts';
import { IndexSet } from './lines/index-set.ts';
import { Input, InputStopped } from './lines/input.ts';
import { BAD, LineValues } from './lines/line-values.ts';
import { selection } from './lines/selection.ts';
import type { BatchJob, BatchSeams } from './options.ts';
import type { BatchSummary } from './progress.ts';

/** Reads the inputs as a run would, and counts what it would run. Writes nothing. */
export async function dryRun(job: BatchJob, seams: BatchSeams, inputs: Inputs): Promise<BatchSummary> {
  const startedAt = seams.clock.now();
  const { maxLine, deadLetters, exactNumbers, format, onNote, onProgress, out, signal } = job;
  const files = job.inputs.map((path) => ({ path, bytes: null }));
  const input = new Input({ disk: seams.disk, files, stdin: seams.stdin, maxLine, format, expected: undefined });
  const lines = new DueLines(input, job.inputs, new IndexSet(), selection(job));
  let bad = 0;
  const onBad = () => void bad++;
  const values = new LineValues({ maxLine, deadLetters, exactNumbers, gives: 'values', onBad, onNote });
  const stop = () => input.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  let good = 0;
  const summary = (outcome: BatchSummary['outcome'] = 'dry run'): BatchSummary => ({
    ...{ outcome, out, failedPath: job.failed, ms: seams.clock.now() - startedAt },
    ...{
      done: good,
      failed: bad,
      kinds: bad === 0 ? {} : { input: bad },
      firstFailure: undefined,
      earlier: 0,
      retries: 0,
      open: 0,
      longest: [],
    },
    ...{
      lines: lines.read,
      bytes: input.bytesRead,
      totalBytes: inputs.sizes.reduce<number | undefined>(
        (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
        0,
      ),
    },
  });
  try {
    while (await lines.more()) {
      for (let line = lines.take(); line !== undefined; line = lines.take()) if (values.of(line) !== BAD) good++;
      onProgress(summary());
    }
  } catch (error) {
    if (error instanceof InputStopped) return summary('interrupted');
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  return summary();
}
