import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Redis of the test's own, on loopback, with a folder of its own. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Version of the `redis-server` on the path; undefined where it is not installed. */
export function redisVersion(): string | undefined {
  try {
    return /v=([\d.]+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined;
  }
}

/** For the option `skip` of a test: false where Redis can be started, otherwise what is missing. */
export const withoutRedis: string | false = redisVersion() === undefined ? 'skipped: no redis-server on the path' : false;

/** A port of this machine that no program listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves once the server says that it listens, with false if it has ended instead: another program was faster with the port. */
async function listens(server: ChildProcess): Promise<boolean> {
  for await (const line of createInterface({ input: server.stdout! })) if (/ready to accept connections/i.test(line)) return true;
  return false;
}

/** Starts a Redis and waits until it takes connections. @throws if it does not start */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  for (let tries = 0; tries < 5; tries++) {
    const port = await freePort();
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    const server = spawn('redis-server', [...own, '--maxmemory-policy', 'noeviction', ...settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // A test that fails or is ended leaves no server behind.
    const end = (): boolean => server.kill('SIGKILL');
    process.once('exit', end);
    if (!(await listens(server))) continue;
    server.stdout!.resume();
    const stop = async (): Promise<void> => {
      process.off('exit', end);
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGKILL');
        await once(server, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    };
    return { port, url: `redis://127.0.0.1:${port}`, stop };
  }
  rmSync(folder, { recursive: true, force: true });
  throw new Error('redis-server did not start; its own words are above.');
}
