import { Command } from 'commander';
import { type PlanOptions, planOf, planText, readOptions } from '../../plan/index.ts';
import { EXIT } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  holdfast plan --nodes 1000 --rate 1000 --mtbf 3y --takeover 8s
  holdfast plan --nodes 2 --rate 50 --mtbf 1y --takeover 30s --service 20ms \\
    --threads 4 --crash 0.1% --nines 5

Exit codes: 0 reachable, 1 some goal is not reachable, 2 wrong call.`;

interface Flag {
  readonly option: keyof PlanOptions;
  readonly takes: string;
  readonly text: string;
}

/** Every flag, in the order of the help. */
export const FLAGS: readonly Flag[] = [
  { option: 'nodes', takes: 'n', text: 'nodes that work (required)' },
  { option: 'rate', takes: 'rate', text: 'events a second, each node (required)' },
  { option: 'mtbf', takes: 'time', text: 'between failures of a node (required)' },
  { option: 'takeover', takes: 'time', text: 'until another takes over (required)' },
  { option: 'service', takes: 'time', text: 'mean time of one event' },
  { option: 'load', takes: 'share', text: 'share of its time that a node is busy' },
  { option: 'threads', takes: 'n', text: 'threads of a node, in place of --load' },
  { option: 'crash', takes: 'share', text: 'attempts that end their thread (0)' },
  { option: 'hang', takes: 'share', text: 'attempts that never end (0)' },
  { option: 'timeout', takes: 'time', text: 'limit for one attempt (30s)' },
  { option: 'restart', takes: 'time', text: 'thread time of a new thread (28ms)' },
  { option: 'retries', takes: 'n', text: 'attempts after the first (3)' },
  { option: 'retryBudget', takes: 'share', text: 'thread time for retries (0.4)' },
  { option: 'poison', takes: 'share', text: 'inputs that always fail (0)' },
  { option: 'corrupt', takes: 'share', text: 'attempts that answer wrongly (0)' },
  { option: 'replicas', takes: 'n', text: 'copies of each task that vote (1)' },
  { option: 'quorum', takes: 'n', text: 'equal answers that win (majority)' },
  { option: 'agree', takes: 'share', text: 'two wrong answers are alike (1)' },
  { option: 'common', takes: 'share', text: 'corruptions of all copies alike (0)' },
  { option: 'spares', takes: 'n', text: 'nodes that stand by' },
  { option: 'repair', takes: 'time', text: 'until a failed node is back (1d)' },
  { option: 'domain', takes: 'n', text: 'nodes that share a fate (1)' },
  { option: 'together', takes: 'share', text: 'failures that take a domain (0)' },
  { option: 'late', takes: 'time', text: 'a longer wait is late (100ms)' },
  { option: 'nines', takes: 'n', text: 'nines asked for (7)' },
];

const flagOf = (option: string): string => `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

type Given = Partial<Record<keyof PlanOptions, readonly string[]>> & { readonly json?: boolean };

function act({ json = false, ...given }: Given): number {
  // A unit may stand apart from its number: `--takeover 8 s`.
  const options = Object.fromEntries(Object.entries(given).map(([option, words]) => [option, (words as string[]).join(' ')]));
  try {
    const plan = planOf(readOptions(options as unknown as PlanOptions, flagOf));
    process.stdout.write(`${json ? JSON.stringify(plan) : planText(plan)}\n`);
    return plan.reachable ? EXIT.done : EXIT.someFailed;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_INVALID_OPTION') throw error;
    process.stderr.write(`holdfast plan: ${(error as Error).message}\n`);
    return EXIT.usage;
  }
}

/** `holdfast plan`. */
export function planCommand(): Command {
  const command = new Command('plan')
    .description('Calculates what a system loses, waits for and needs.')
    .usage('--nodes <n> --rate <r> --mtbf <t> --takeover <t> [options]');
  for (const { option, takes, text } of FLAGS) command.option(`${flagOf(option)} <${takes}...>`, text);
  return command
    .option('--json', 'print the plan as one line of JSON')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', EXAMPLES)
    .action((options: Given) => {
      process.exitCode = act(options);
    });
}
