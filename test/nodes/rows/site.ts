import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolEvents } from '../../../src/index.ts';
import { Pool } from '../../../src/index.ts';
import { NodeProgram } from '../node-program.ts';
import { RedisServer } from '../redis-server.ts';
import { Network } from './network.ts';

type Tasks = typeof import('../../fixtures/counted-task.js');
const filename = new URL('../../fixtures/counted-task.js', import.meta.url);

/** Milliseconds of one task, and most of them that are open. */
const MS = 40;
const WINDOW = 24;

/** A Redis, nodes as programs of their own, each behind a network of its own, and a pool with a load that keeps all slots busy. */
export class Site {
  readonly server: RedisServer;
  readonly nodes: { readonly program: NodeProgram; readonly network: Network }[] = [];
  /** The network of the pool. */
  network!: Network;
  pool!: Pool<Tasks>;
  readonly down: PoolEvents['nodeDown'][] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-rows-'));
  #charged = 0;

  private constructor(server: RedisServer) {
    this.server = server;
  }

  static async open(nodes: number, ...flags: string[]): Promise<Site> {
    const site = new Site(await RedisServer.start(...flags));
    writeFileSync(site.#file, '');
    site.network = await Network.to(site.server.port);
    for (let n = 0; n < nodes; n++) await site.join();
    site.pool = new Pool<Tasks>({
      filename,
      threads: 4,
      spares: 2,
      retry: { retries: 10, minTimeout: 1, on: ['crash'] },
      retryBudget: 1,
      nodes: { url: site.network.url, name: 'rows' },
    });
    site.pool.on('nodeDown', (event) => site.down.push(event));
    site.pool.on('retry', () => site.#charged++);
    return site;
  }

  get #file(): string {
    return join(this.#folder, 'runs');
  }

  async join(...flags: string[]): Promise<void> {
    const network = await Network.to(this.server.port);
    const program = await NodeProgram.start(network.url, filename, '--name', 'rows', ...flags);
    this.nodes.push({ program, network });
  }

  /** Keeps the pool busy for this time, while something happens. Every task gives its own value; returns how they ran. */
  async load(ms: number, happens: () => Promise<void> | void): Promise<{ tasks: number; runs: number; charged: number }> {
    const end = performance.now() + ms;
    let tasks = 0;
    const over = new Promise<void>((resolve, reject) => {
      setTimeout(() => Promise.resolve(happens()).then(resolve, reject), 1_000);
    });
    const worker = async (): Promise<void> => {
      while (performance.now() < end) {
        const uid = tasks++;
        assert.equal(await this.pool.run({ uid, file: this.#file, ms: MS }), uid * 2);
      }
    };
    await Promise.all([over, ...Array.from({ length: WINDOW }, worker)]);
    const runs = readFileSync(this.#file, 'utf8').trim().split('\n');
    const seen = new Set(runs.map((line) => Number(line.split(' ')[0])));
    assert.equal(seen.size, tasks, 'every task has run');
    assert.equal(this.pool.stats().fulfilled, tasks, 'each has settled once, with its value');
    return { tasks, runs: runs.length, charged: this.#charged };
  }

  /** Resolves when the pool is whole. */
  async whole(): Promise<void> {
    while (this.pool.health() !== 'ok') await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async close(): Promise<void> {
    this.network.mend();
    await this.pool.close({ force: true });
    for (const { program, network } of this.nodes) {
      program.kill('SIGCONT');
      program.kill('SIGKILL');
      network.close();
    }
    await Promise.all(this.nodes.map(({ program }) => program.ended()));
    this.network.close();
    await this.server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
