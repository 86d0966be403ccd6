import { Command, InvalidArgumentError } from 'commander';
import { endpoint, whole } from '../run/arguments.ts';
import { type NodeFlags, runNode } from './action.ts';

const EXAMPLES = `
Examples:
  holdfast node redis://10.0.0.5 --task ./resize.js
  holdfast node redis://10.0.0.5 --task ./resize.js --managers 1
  HOLDFAST_NODES=rediss://user:secret@10.0.0.5 holdfast node --name render --task ./resize.js --threads 8 --domain rack7

The URL of the Redis may stand in the environment variable HOLDFAST_NODES instead: then its password is in no list of processes.
Ctrl-C (SIGINT), or SIGTERM, takes no more work and ends when what runs is done; a second one ends at once.

Exit code: 0 ended in order, 1 Redis lets it in no more, 2 wrong call, 3 Redis cannot be reached, or is not fit.`;

const isolation = (text: string): 'thread' | 'process' => {
  if (text !== 'thread' && text !== 'process') throw new InvalidArgumentError('Expected thread or process.');
  return text;
};

/** `holdfast node`. */
export function nodeCommand(): Command {
  return new Command('node')
    .description('Lends threads of this machine to pools on other machines, which find it through a Redis.')
    .usage('[redis-url] --task <module> [options]')
    .argument('[url]', 'the Redis, as redis://[user:password@]host[:port][/db], or rediss:// for TLS; default: HOLDFAST_NODES')
    .requiredOption('--task <module>', 'the task module, the same as that of the pools')
    .option('--name <name>', 'what pools and nodes have in common', 'default')
    .option('--threads <n>', 'threads to lend (default: one for each core)', whole)
    .option('--managers <n>', 'durable jobs (holdfast run --durable) that this node manages, each in a process of its own', whole)
    .option('--domain <name>', 'what may fail together, such as a rack: copies of a task go to different domains (default: the node)')
    .option('--isolation <kind>', 'thread, or process: a native crash costs a process and not the node', isolation, 'process')
    .option('--version <text>', 'a version of your own, which the pools must have as well')
    .option('--metrics-port <[host:]port>', 'serve /metrics and /live there', endpoint)
    .option('--json', 'print what happens as JSON, one line each')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', EXAMPLES)
    .action(async (url: string | undefined, flags: NodeFlags) => {
      process.exitCode = await runNode(url, flags);
    });
}
