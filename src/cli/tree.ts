import { Command } from 'commander';
import { renderTree, type TreeNode } from '../supervision/index.ts';
import { EXIT } from './exit-codes.ts';
import { endpoint, time } from './run/arguments.ts';
import { shown } from './run/words.ts';

const EXAMPLES = `
Examples:
  holdfast run ./resize.js photos.ndjson -o sizes.ndjson --observe 9464
  holdfast tree 9464
  holdfast tree 9464 --watch 1s

Exit code: 0 shown, 2 wrong call, or no run that serves its tree there.`;

interface TreeOptions {
  readonly watch?: number;
  readonly json?: boolean;
}

async function treeAt({ host, port }: { host: string; port: number }): Promise<TreeNode> {
  const token = process.env.HOLDFAST_OBSERVE_TOKEN;
  const answer = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/tree`, {
    signal: AbortSignal.timeout(5_000),
    ...(token && { headers: { authorization: `Bearer ${token}` } }),
  });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  return (await answer.json()) as TreeNode;
}

async function act(at: { host: string; port: number }, { watch, json = false }: TreeOptions): Promise<number> {
  const show = async (): Promise<void> => {
    const tree = await treeAt(at);
    process.stdout.write(`${json ? JSON.stringify(tree) : shown(renderTree(tree))}\n`);
  };
  try {
    await show();
  } catch (error) {
    const why = (error as { cause?: Error }).cause?.message || (error as Error).message;
    process.stderr.write(
      `holdfast tree: expected a run with --observe at ${at.host}:${at.port}, got no tree: ${shown(why)}. Start one with holdfast run --observe ${at.port}.\n`,
    );
    return EXIT.usage;
  }
  while (watch !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, watch));
    process.stdout.write(json ? '' : '\n');
    // The run has ended, which is not an error of the command that watched it.
    if (
      !(await show().then(
        () => true,
        () => false,
      ))
    )
      break;
  }
  return EXIT.done;
}

/** `holdfast tree`. */
export function treeCommand(): Command {
  return new Command('tree')
    .description('Shows the live tree of a run: its manager, cells, slots, spares and orphans, with restarts.')
    .usage('<[host:]port> [options]')
    .argument('<endpoint>', 'what the run was given as --observe', endpoint)
    .option('--watch <time>', 'show it again and again, until the run ends', time)
    .option('--json', 'print it as JSON, one line each time')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', EXAMPLES)
    .action(async (at: { host: string; port: number }, options: TreeOptions) => {
      process.exitCode = await act(at, options);
    });
}
