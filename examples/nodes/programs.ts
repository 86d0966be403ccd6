import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The command line, as it is installed. */
const HOLDFAST = join(dirname(createRequire(import.meta.url).resolve('holdfast/package.json')), 'dist/cli/main.js');

const started = new Set<ChildProcess>();

/** Starts a program that is ended with this one. */
function start(command: string, args: readonly string[], cwd: string): ChildProcess {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(child);
  child.once('exit', () => started.delete(child));
  child.once('error', () => started.delete(child));
  return child;
}

/** Ends all that was started. */
export function endAll(): void {
  for (const child of started) child.kill('SIGKILL');
}

/** Resolves when a line of its output is as wanted, with false if it ends instead. */
async function says({ stdout }: ChildProcess, wanted: RegExp): Promise<boolean> {
  const lines = createInterface({ input: stdout! });
  for await (const line of lines) {
    if (!wanted.test(line)) continue;
    stdout!.resume();
    return true;
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A Redis on a free port of this machine, that keeps nothing. @returns its URL; undefined if there is no redis-server */
export async function startRedis(folder: string): Promise<string | undefined> {
  const port = await freePort();
  const server = start('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''], folder);
  const missing = once(server, 'error').then(() => false);
  return (await Promise.race([missing, says(server, /ready to accept connections/i)])) ? `redis://127.0.0.1:${port}` : undefined;
}

/** A node that is up. */
export async function startNode(url: string, task: string, folder: string, options: readonly string[]): Promise<ChildProcess> {
  const node = start(process.execPath, [HOLDFAST, 'node', url, '--task', task, ...options], folder);
  let complaint = '';
  node.stderr!.on('data', (piece) => {
    complaint += piece;
  });
  if (await says(node, / is up$/)) return node;
  throw new Error(`The node did not start: ${complaint}`);
}

/** What the command line says of a job that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly summary: { readonly done: number; readonly failed: number; readonly retries: number; readonly ms: number };
}

/** A job of the command line. Its last lines are passed on if it does not end well. */
export async function runJob(args: readonly string[], folder: string): Promise<Ended> {
  const run = start(process.execPath, [HOLDFAST, 'run', ...args, '--json'], folder);
  let [said, summary] = ['', ''];
  run.stderr!.on('data', (piece) => {
    said = (said + piece).slice(-2_000);
  });
  run.stdout!.on('data', (piece) => {
    summary += piece;
  });
  const [code] = (await once(run, 'close')) as [number | null];
  if (code !== 0) throw new Error(`holdfast run has ended with ${code}:\n${said}`);
  return { code, summary: JSON.parse(summary) };
}
