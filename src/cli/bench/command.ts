import { Command, InvalidArgumentError, Option } from 'commander';
import { time, whole } from '../run/arguments.ts';
import type { BenchOptions } from './action.ts';

const EXAMPLES = `
Examples:
  holdfast bench --task ./resize.js --input sample.ndjson
  holdfast bench --task ./resize.js --input sample.ndjson --crashes 0.05 --threads 2,4,8 --spares 0,1,2

Exit codes: 0 measured, 2 wrong call, or a task or sample that cannot be used.`;

/** A setting cannot be tried forever. */
function finiteTime(given: string): number {
  const ms = time(given);
  if (!Number.isFinite(ms)) throw new InvalidArgumentError('Expected a time such as 500ms, 3s or 1m.');
  return ms;
}

const wholes = (given: string): number[] => given.split(',').map((each) => whole(each.trim()));

function rate(given: string): number {
  const value = given.endsWith('%') ? Number(given.slice(0, -1)) / 100 : Number(given);
  if (given.trim() === '' || !(value > 0 && value < 1)) throw new InvalidArgumentError('Expected a share such as 0.01 or 1%.');
  return value;
}

/** `holdfast bench`. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Tries your task with and without injected crashes: how many tasks a second are left, and with which settings.')
    .usage('--task <module> --input <file> [options]')
    .requiredOption('--task <module>', 'module whose default export (or --name) is the task')
    .requiredOption('--input <file>', 'sample of JSON lines, used over and over')
    .option('--name <export>', 'export to call')
    .option('--threads <list>', 'numbers of threads to try (default: 1, half of the cores, all)', wholes)
    .addOption(new Option('--spares <list>', 'numbers of spare threads to try').argParser(wholes).default([0, 1], '0,1'))
    .option('--crashes <rate>', 'share of the attempts that crash their thread: 0.01 or 1%', rate, 0.01)
    .addOption(new Option('--time <time>', 'how long each setting is tried').argParser(finiteTime).default(3_000, '3s'))
    .option('--timeout <time>', 'limit for one attempt (default: 30s)', time)
    .option('--retry <n>', 'attempts after the first (default: 3)', whole)
    .option('--seed <n>', 'seed of the crashes', whole, 1)
    .option('--json', 'print the findings as JSON')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', EXAMPLES)
    .action(async (options: BenchOptions) => {
      const { act } = await import('./action.ts');
      process.exitCode = await act(options);
    });
}
