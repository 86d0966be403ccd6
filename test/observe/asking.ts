import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { Pool, type PoolOptions } from '../../src/index.ts';
import { type ObserveOptions, type ObserverServer, observe } from '../../src/observe/index.ts';

export const TASKS: URL = new URL('../fixtures/tasks.js', import.meta.url);

export interface Watched {
  readonly pool: Pool;
  readonly page: ObserverServer;
  readonly port: number;
}

/** A pool, and its page at a free port. */
export async function watched(t: TestContext, options: ObserveOptions = {}, of: Partial<PoolOptions> = {}): Promise<Watched> {
  const pool = new Pool({ filename: TASKS, threads: 1, spares: 0, ...of });
  const page = await observe(pool, options);
  t.after(async () => {
    await page.close();
    await pool.close({ force: true });
  });
  return { pool, page, port: Number(new URL(page.url).port) };
}

export const get = (target: string, host = 'localhost', method = 'GET', more = ''): string =>
  `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${more}connection: close\r\n\r\n`;

/** The answer to what is sent as it is; empty if no answer comes. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.on('data', (piece) => {
      heard += piece;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

/** The status of the answer; 0 for none. */
export async function ask(port: number, text: string): Promise<number> {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await raw(port, text))?.[1] ?? 0);
}

/** Frames of the stream, until `enough` says so. */
export async function frames<T>(url: string, enough: (frames: T[]) => boolean, headers: Record<string, string> = {}): Promise<T[]> {
  const answer = await fetch(`${url}events`, { headers });
  const decoder = new TextDecoder();
  const heard: T[] = [];
  let rest = '';
  for await (const piece of answer.body! as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(piece, { stream: true });
    const parts = rest.split('\n\n');
    rest = parts.pop()!;
    for (const part of parts) if (part.startsWith('data: ')) heard.push(JSON.parse(part.slice(6)) as T);
    if (enough(heard)) break;
  }
  return heard;
}
