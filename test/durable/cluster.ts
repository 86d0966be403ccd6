import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { Holdfast, managerOf, scratch, TASK } from '../cli/command.ts';
import { type RedisServer, startRedis } from '../redis.ts';

/** A Redis, nodes and a folder that all of them see. */
export class Cluster {
  readonly redis: RedisServer;
  readonly cwd: string;
  readonly #calls: Holdfast[] = [];

  private constructor(redis: RedisServer, cwd: string) {
    this.redis = redis;
    this.cwd = cwd;
  }

  /** Ends with the test. */
  static async start(t: TestContext): Promise<Cluster> {
    const cluster = new Cluster(await startRedis(), scratch(t));
    t.after(async () => {
      for (const call of cluster.#calls) call.process.kill('SIGKILL');
      await Promise.all(cluster.#calls.map(({ ended }) => ended));
      await cluster.redis.stop();
    });
    return cluster;
  }

  get out(): string {
    return join(this.cwd, 'out.ndjson');
  }

  get results(): string {
    return readFileSync(this.out, 'utf8');
  }

  call(...args: string[]): Holdfast {
    const call = new Holdfast(args, { cwd: this.cwd, input: '' });
    this.#calls.push(call);
    return call;
  }

  /** A node that is up, with a manager that waits for jobs. */
  async node(...args: string[]): Promise<Holdfast> {
    const node = this.call('node', this.redis.url, '--task', TASK, '--threads', '3', '--isolation', 'thread', '--managers', '1', ...args);
    while (!/ is up\n/.test(node.stdout)) {
      if (node.process.exitCode !== null) throw new Error(`The node has ended:\n${node.stdout}${node.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return node;
  }

  /** The job of the tests, which two threads run. */
  run(...args: string[]): Holdfast {
    const fixed = ['--ordered', '--threads', '2', '--nodes', this.redis.url, '--durable'];
    return this.call('run', TASK, 'in.ndjson', '-o', 'out.ndjson', ...fixed, ...args);
  }

  /** Process id of the manager that holds the output and has recorded something; another one than `before`. */
  async manager(before?: number): Promise<number> {
    for (;;) {
      const pid = managerOf(this.out);
      if (pid !== undefined && pid !== before && existsSync(this.out)) return pid;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Keys that would stay in Redis forever. */
  async lasting(): Promise<string[]> {
    const client = new Redis(this.redis.url);
    try {
      const keys = await client.keys('*');
      const left = await Promise.all(keys.map(async (key) => ({ key, ms: await client.pttl(key) })));
      return left.filter(({ ms }) => ms === -1).map(({ key }) => key);
    } finally {
      client.disconnect();
    }
  }
}

/** The results of an undisturbed run over that number of lines, byte for byte. */
export function inOrder(count: number): string {
  return Array.from({ length: count }, (_, n) => `{"index":${n},"value":{"n":${n},"square":${n * n}}}\n`).join('');
}
