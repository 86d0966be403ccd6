import { Command } from 'commander';
import { renderTree, type TreeNode } from '../supervision/index.ts';
import { treeAtBroker } from './broker-tree.ts';
import { EXIT } from './exit-codes.ts';
import { endpoint, time } from './run/arguments.ts';
import { shown } from './run/words.ts';

const EXAMPLES = `
Examples:
  holdfast run ./resize.js photos.ndjson -o sizes.ndjson --observe 9464
  holdfast tree 9464
  holdfast tree 9464 --watch 1s
  holdfast tree redis://10.0.0.5 --name render

Exit code: 0 shown, 2 wrong call, or no run that serves its tree there.`;

interface TreeOptions {
  readonly watch?: number;
  readonly json?: boolean;
  readonly name?: string;
}

/** Where there is a tree: at the port of a run, or, of nodes, in a Redis. */
type Place = { readonly host: string; readonly port: number } | { readonly redis: string };

const placeOf = (text: string): Place => (/^rediss?:/.test(text) ? { redis: text } : endpoint(text));

async function treeAt({ host, port }: { host: string; port: number }): Promise<TreeNode> {
  const token = process.env.HOLDFAST_OBSERVE_TOKEN;
  const answer = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/tree`, {
    signal: AbortSignal.timeout(5_000),
    ...(token && { headers: { authorization: `Bearer ${token}` } }),
  });
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  return (await answer.json()) as TreeNode;
}

async function treeOf(at: Place, name: string): Promise<TreeNode> {
  return 'redis' in at ? await treeAtBroker(at.redis, name) : await treeAt(at);
}

async function act(at: Place, { watch, json = false, name = 'default' }: TreeOptions): Promise<number> {
  const show = async (): Promise<void> => {
    const tree = await treeOf(at, name);
    process.stdout.write(`${json ? JSON.stringify(tree) : shown(renderTree(tree))}\n`);
  };
  try {
    await show();
  } catch (error) {
    const why = (error as { cause?: Error }).cause?.message || (error as Error).message;
    process.stderr.write(
      'redis' in at
        ? `holdfast tree: ${shown((error as Error).message)}\n`
        : `holdfast tree: expected a run with --observe at ${at.host}:${at.port}, got no tree: ${shown(why)}. Start one with holdfast run --observe ${at.port}.\n`,
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
    .description(
      'Shows the live tree of a run: its manager, cells, slots, spares and orphans, with restarts. Of a Redis: the nodes, their managers and the durable jobs.',
    )
    .usage('<[host:]port | redis-url> [options]')
    .argument('<endpoint>', 'what the run was given as --observe, or the Redis of nodes', placeOf)
    .option('--watch <time>', 'show it again and again, until the run ends', time)
    .option('--name <name>', 'of a Redis: the nodes of this name', 'default')
    .option('--json', 'print it as JSON, one line each time')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', EXAMPLES)
    .action(async (at: Place, options: TreeOptions) => {
      process.exitCode = await act(at, options);
    });
}
