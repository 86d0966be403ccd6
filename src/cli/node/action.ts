import { createServer, type Server } from 'node:http';
import { BrokerError } from '../../core/broker/broker-error.ts';
import { NotInstalledError } from '../../core/errors.ts';
import { messageOf } from '../../core/foreign/message.ts';
import { type Node, type NodeNews, startNode } from '../../node/index.ts';
import { brokerUrlOf } from '../../node/options.ts';
import { EXIT } from '../exit-codes.ts';
import { shown } from '../run/words.ts';
import type { JobNews } from './manager-messages.ts';
import { Managers, ManagerUnableError } from './managers.ts';

export interface NodeFlags {
  readonly task: string;
  readonly name: string;
  readonly threads?: number;
  readonly managers?: number;
  readonly domain?: string;
  readonly isolation: 'thread' | 'process';
  readonly version?: string;
  readonly metricsPort?: { readonly host: string; readonly port: number };
  readonly json?: boolean;
}

/** The call was right, and will do when what they name is mended. */
const LATER = [BrokerError, NotInstalledError, ManagerUnableError];

/** Lines for people, or JSON. Both go to standard output: what a node says is its log. */
class Log {
  readonly #json: boolean;

  constructor(json: boolean) {
    this.#json = json;
  }

  write(event: string, fields: Readonly<Record<string, unknown>>, text: string): void {
    const time = new Date().toISOString();
    const line = this.#json ? JSON.stringify({ time, event, ...fields }) : `${time} ${shown(text)}`;
    process.stdout.write(`${line}\n`);
  }

  news({ about, state, detail }: NodeNews): void {
    const text = about === 'session' ? `session ${detail} ${state === 'open' ? 'begins' : state}` : `Redis is ${state} ${detail}`;
    this.write(`${about}-${state}`, { detail }, text.trimEnd());
  }

  job({ state, out, detail }: JobNews): void {
    this.write(`job-${state.replace(' ', '-')}`, { out, detail }, `job ${out} ${state}${detail === '' ? '' : `: ${detail}`}`);
  }
}

/** `holdfast node`. @returns the exit code */
export async function runNode(url: string | undefined, flags: NodeFlags): Promise<number> {
  if (url !== undefined) process.title = 'holdfast node'; // A password in the arguments is then in no list of processes.
  const log = new Log(flags.json === true);
  process.stdout.on('error', () => {}); // The reader of its log may go; the pools whose tasks it runs stay.
  let node: Node;
  let managers: Managers | undefined;
  try {
    node = await startNode({
      url,
      name: flags.name,
      filename: flags.task,
      threads: flags.threads,
      domain: flags.domain,
      isolation: flags.isolation,
      version: flags.version,
      onNews: (news) => log.news(news),
    });
    managers = await startManagers(url, flags, node, log);
  } catch (error) {
    process.stderr.write(`holdfast node: ${shown(messageOf(error))}\n`);
    return LATER.some((kind) => error instanceof kind) ? EXIT.stopped : EXIT.usage;
  }
  const server = flags.metricsPort && serve(node, flags.metricsPort);
  log.write('up', { node: node.id }, `node ${node.id} is up`);
  const signals = listen(node, managers, log);
  try {
    await node.ended;
    log.write('down', { node: node.id }, `node ${node.id} has ended`);
    return EXIT.done;
  } catch (error) {
    process.stderr.write(`holdfast node: ${shown(messageOf(error))}\n`);
    return EXIT.someFailed;
  } finally {
    signals();
    managers?.stop();
    server?.close();
  }
}

/** @throws {Error} if they cannot wait for jobs; then the node has ended */
async function startManagers(url: string | undefined, flags: NodeFlags, node: Node, log: Log): Promise<Managers | undefined> {
  if (!flags.managers) return undefined;
  const managers = new Managers({
    count: flags.managers,
    begin: { url: brokerUrlOf(url), name: flags.name, node: node.id },
    onNews: (news) => log.job(news),
    onDeath: (pid, why) => log.write('manager-died', { pid, why }, `manager ${pid} died: ${why}`),
  });
  try {
    await managers.start();
    return managers;
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/** The first signal drains, the second one stops. */
function listen(node: Node, managers: Managers | undefined, log: Log): () => void {
  let asked = 0;
  const heed = (): void => {
    if (++asked === 1) {
      log.write(
        'draining',
        { node: node.id, used: node.used },
        `takes no more work; ${node.used} threads are at work. Once more to end now`,
      );
      // First the managers: those that end their jobs here may need this node's threads for it.
      void (managers?.drain() ?? Promise.resolve()).then(() => node.drain());
    } else {
      managers?.stop();
      void node.stop();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, heed);
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, heed);
  };
}

function serve(node: Node, { host, port }: { readonly host: string; readonly port: number }): Server {
  const text = (): string =>
    `# TYPE holdfast_node_threads_used gauge\nholdfast_node_threads_used ${node.used}\n# TYPE holdfast_node_sessions gauge\nholdfast_node_sessions ${node.sessions}\n`;
  const server = createServer((request, response) => {
    const known = request.url === '/metrics' || request.url === '/live';
    response.writeHead(known ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(request.url === '/metrics' ? text() : known ? 'ok\n' : 'not found\n');
  });
  server.on('error', (error) => process.stderr.write(`holdfast node: --metrics-port: ${shown(error.message)}\n`));
  return server.listen(port, host);
}
