import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseAlone } from './alone.ts';
import { digestOf } from './digest.ts';
import { sourceFiles, totalBytes } from './files.ts';
import { rows, table } from './table.ts';
import { faultsOf, parseInThreads } from './threads.ts';

/**
 * Parses JavaScript files below a folder (default: node_modules) twice: alone in this process, and in threads that crash, loop
 * forever, never settle and run out of memory. Then it compares the results, all of them.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' }, threads: { type: 'string' }, files: { type: 'string', default: '2000' } },
});
const threads = values.threads === undefined ? availableParallelism() : Number(values.threads);
const plan = faultsOf(Number(values.seed));

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const begun = performance.now();
  return { result: await work, ms: performance.now() - begun };
}

const files = sourceFiles(Number(values.files), positionals[0]);
console.log(
  `Parsing ${files.length} files (${(totalBytes(files) / 1_048_576).toFixed(1)} MB) alone, then in ${threads} threads under faults, seed ${values.seed}.`,
);
const alone = await timed(parseAlone(files));
const threaded = await timed(parseInThreads(files, alone.result, plan, threads));

const proof: [string, string][] = [
  ['digest without faults', digestOf(files, alone.result.findings)],
  ['digest with faults', digestOf(files, threaded.result.findings)],
];
const agree = proof[0]![1] === proof[1]![1];
const figures = rows({ files, threaded: threaded.result, aloneMs: alone.ms, threadedMs: threaded.ms });
console.log(table([...figures, ...proof]));
console.log(agree ? 'The results agree: every one of them is right.' : 'The results differ.');
process.exitCode = agree ? 0 : 1;
