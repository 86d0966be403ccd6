import { Command, InvalidArgumentError } from 'commander';
import type { RunOptions } from './action.ts';
import { endpoint, halt, list, megabytes, share, size, sync, time, whole } from './arguments.ts';
import { withForeignFlags } from './foreign-flags.ts';
import { HELP } from './help.ts';

/** `holdfast run`. */
export function runCommand(): Command {
  return new Command('run')
    .description('Calls the task with each JSON line of the input; one record a line comes out.')
    .usage('<task-module> <input...> --out <file> [options]')
    .argument('<task-module>', 'module whose default export (or --name) is the task')
    .argument('<input...>', 'files of JSON lines (.gz too), - is standard input')
    .option('--lines', 'each line of the input is a text, not JSON')
    .option('-0, --null', 'the same, and lines end with a zero byte')
    .option('--csv', 'rows of CSV; the first one names the fields')
    .option('--skip <n>', 'leave out the first n lines', whole)
    .option('--limit <n>', 'run n lines at most', whole)
    .option('--sample <share>', 'run a share of the lines: 1%', share)
    .requiredOption('-o, --out <file>', 'results (.gz is packed), or - for standard output')
    .option('--failed <file>', 'dead letters (default: <out>.failed.ndjson)')
    .option('--resume', 'go on from what is in the outputs; run exactly the rest')
    .option('--retry-failed', 'resume, and run the lines that failed again, in place')
    .option('--overwrite', 'throw away what is in the outputs')
    .option('--ordered', 'results in the order of the input')
    .option('--dead-letters', 'the input is dead letters: run their inputs again')
    .option('--joblog <file>', 'when each line ran, for how long, and how it ended')
    .option('--dry-run', 'read the input and say what would be run')
    .option('--name <export>', 'export to call')
    .option('--batch <n>', 'call the task with up to n lines at a time', whole)
    .option('--threads <n>', 'worker threads (default: one a core)', whole)
    .option('--timeout <time>', 'for one attempt: 500ms, 5m, none (default: 30s)', time)
    .option('--retry <n>', 'attempts after the first (default: 3)', whole)
    .option('--retry-on <kinds>', 'failures to retry (default: crash,timeout,oom,startup)', list)
    .option('--halt <when>', 'stop after 10 dead letters, at 5%, or never', halt)
    .option('--redundancy <n>', 'run n copies of each and take the majority', whole)
    .option('--nodes [url]', 'run on nodes, found through this Redis (default: HOLDFAST_NODES)')
    .option('--group <name>', 'with --nodes: their holdfast node --name')
    .option('--durable', 'with --nodes: on a node with --managers; another takes over if that dies')
    .option('--isolation <where>', 'thread, process or escalate (default: thread)')
    .option('--heap <size>', 'heap limit of a thread, such as 200m', megabytes)
    .option('--recycle <n>', 'replace a thread after n tasks', whole)
    .option('--hedge', 'give a slow attempt a copy; the first to end wins')
    .option('--quarantine <field>', 'refuse inputs whose field keeps killing threads')
    .option('--sync <when>', 'force records to disk: 1s, always, never (default: 1s)', sync)
    .option('--max-line <size>', 'longest input line (default: 16m)', size)
    .option('--exact-numbers', 'a number that would lose digits is a dead letter')
    .option('--allow-changed-task', 'resume although the task module has changed')
    .option('--observe <port>', 'serve the page of its threads, metrics and tree at [host:]port', endpoint)
    .option('--metrics-port <port>', 'the old name of --observe', endpoint)
    .option('--report <file>', 'write what the page shows at the end into one HTML file')
    .option('--quiet', 'show errors only')
    .option('--json', 'print the summary as JSON on standard output')
    .helpOption('-h, --help', 'show this')
    .configureHelp({ formatHelp: () => HELP })
    .configureOutput({ outputError: (complaint, write) => write(withForeignFlags(complaint)) })
    .action(async (filename: string, operands: string[], options: RunOptions) => {
      const { act } = await import('./action.ts');
      // What stands behind -- is the task's.
      const end = process.argv.indexOf('--');
      const argv = end === -1 ? [] : process.argv.slice(end + 1);
      const input = operands.slice(0, operands.length - argv.length);
      if (input.length === 0) throw new InvalidArgumentError('Expected an input before the --.');
      process.exitCode = await act(filename, input, options, argv);
    });
}
