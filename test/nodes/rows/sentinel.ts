import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../redis.ts';
import { RedisServer } from '../redis-server.ts';

/** Redis Sentinel over a server and a replica of it. */
export class Sentinel {
  readonly #replica: RedisServer;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #client: Redis;
  readonly #master: number;

  private constructor(replica: RedisServer, program: ChildProcess, folder: string, client: Redis, master: number) {
    this.#replica = replica;
    this.#process = program;
    this.#folder = folder;
    this.#client = client;
    this.#master = master;
  }

  static async over({ port: master }: RedisServer): Promise<Sentinel> {
    const replica = await RedisServer.start('--replicaof', `127.0.0.1 ${master}`, '--repl-diskless-sync-delay', '0');
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-sentinel-'));
    const port = await freePort();
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor rows 127.0.0.1 ${master} 1`,
      'sentinel down-after-milliseconds rows 1000',
      'sentinel failover-timeout rows 5000',
    ];
    const file = join(folder, 'sentinel.conf');
    writeFileSync(file, `${settings.join('\n')}\n`);
    const program = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
    const client = new Redis({ port, host: '127.0.0.1', protocol: 2, maxRetriesPerRequest: null });
    client.on('error', () => {});
    return new Sentinel(replica, program, folder, client, master);
  }

  /** The replica is known, and has a copy. */
  async isWatching(): Promise<void> {
    await this.#until(async () => {
      const [first] = (await this.#client.call('SENTINEL', 'REPLICAS', 'rows')) as string[][];
      return first !== undefined && first[first.indexOf('master-link-status') + 1] === 'ok';
    });
  }

  /** Port of the replica, once it has been made the master. */
  async promoted(): Promise<number> {
    await this.#until(async () => {
      const [, port] = (await this.#client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'rows')) as string[];
      return Number(port) !== this.#master;
    });
    return this.#replica.port;
  }

  async stop(): Promise<void> {
    this.#client.disconnect();
    this.#process.kill('SIGKILL');
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    await this.#replica.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
