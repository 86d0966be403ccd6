import { Command } from 'commander';
import type { RunOptions } from './action.ts';
import { endpoint, list, size, sync, time, whole } from './arguments.ts';

const EXAMPLES = `
Examples:
  holdfast run ./resize.js photos.ndjson -o sizes.ndjson
  holdfast run ./resize.js photos.ndjson -o sizes.ndjson --resume
  holdfast run ./resize.js sizes.failed.ndjson -o again.ndjson --dead-letters
  zcat log.gz | holdfast run ./parse.js - -o - --quiet | sort | uniq -c

Exit code: 0 all done, 1 some failed, 2 wrong call, 3 stopped half way,
130 Ctrl-C.`;

/** `holdfast run`. */
export function runCommand(): Command {
  return new Command('run')
    .description('Calls the task with each JSON line of the input; one record a line comes out.')
    .usage('<task-module> <input...> --out <file> [options]')
    .argument('<task-module>', 'module whose default export (or --name) is the task')
    .argument('<input...>', 'files of JSON lines (.gz too), - is standard input')
    .requiredOption('-o, --out <file>', 'results (.gz is packed), or - for standard output')
    .option('--failed <file>', 'dead letters (default: <out>.failed.ndjson)')
    .option('--resume', 'go on from what is in the outputs; run exactly the rest')
    .option('--overwrite', 'throw away what is in the outputs')
    .option('--ordered', 'results in the order of the input')
    .option('--dead-letters', 'the input is dead letters: run their inputs again')
    .option('--name <export>', 'export to call')
    .option('--threads <n>', 'worker threads (default: one a core)', whole)
    .option('--timeout <time>', 'for one attempt: 500ms, 5m, none (default: 30s)', time)
    .option('--retry <n>', 'attempts after the first (default: 3)', whole)
    .option('--retry-on <kinds>', 'failures to retry (default: crash,timeout,oom,startup)', list)
    .option('--redundancy <n>', 'run n copies of each and take the majority', whole)
    .option('--isolation <where>', 'thread, process or escalate (default: thread)')
    .option('--sync <when>', 'force records to disk: 1s, always, never (default: 1s)', sync)
    .option('--max-line <size>', 'longest input line (default: 16m)', size)
    .option('--exact-numbers', 'a number that would lose digits is a dead letter')
    .option('--allow-changed-task', 'resume although the task module has changed')
    .option('--metrics-port <port>', 'serve metrics and the live tree at [host:]port', endpoint)
    .option('--quiet', 'show errors only')
    .option('--json', 'print the summary as JSON on standard output')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', EXAMPLES)
    .action(async (filename: string, input: string[], options: RunOptions) => {
      const { act } = await import('./action.ts');
      process.exitCode = await act(filename, input, options);
    });
}
