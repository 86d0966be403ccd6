import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { ownFile } from '../core/installation.ts';
import { serversOnRoll } from '../core/servers/server-roll.ts';
import type { TreeNode } from '../index.ts';
import { reportHtml } from './http/page-file.ts';
import { Routes, type Site } from './http/routes.ts';
import { Streams } from './http/streams.ts';
import type { Resolved } from './options.ts';
import { Recorder } from './record/recorder.ts';
import type { Observed } from './record/watch-pool.ts';

/** What is served of one pool, which may be there later than the server. */
export class PoolSite {
  readonly #options: Resolved;
  readonly #routes: Routes;
  #site: Site | undefined;

  constructor(options: Resolved, numbersOnly = false) {
    this.#options = options;
    const { token, path } = options;
    this.#routes = new Routes({ token, path, numbersOnly, tree: () => this.#tree(), site: () => this.#site });
  }

  attach(pool: Observed): void {
    const { reveal, keep } = this.#options;
    const recorder = new Recorder(pool, { reveal, keep, version: version(), tree: () => this.#tree() });
    this.#site = { pool, recorder, streams: new Streams(recorder) };
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#routes.handle(request, response);
  }

  /** What is on the page now, as one file; undefined as long as there is no pool. */
  report(): string | undefined {
    if (this.#site === undefined) return undefined;
    this.#site.recorder.look();
    return reportHtml(this.#site.recorder.snapshot());
  }

  close(): void {
    this.#site?.streams.close();
    this.#site?.recorder.close();
  }

  #tree(): TreeNode {
    const { tree } = this.#options;
    return tree?.() ?? withServers(this.#site?.pool.tree() ?? { id: 'pool', kind: 'pool', state: 'starting', restarts: 0 });
  }
}

/** Servers are no part of a pool: where there are any, both stand below the program. */
function withServers(pool: TreeNode): TreeNode {
  const servers = Array.from(serversOnRoll(), (server) => server.tree() as TreeNode);
  if (servers.length === 0) return pool;
  return { id: 'program', kind: 'program', state: 'running', restarts: 0, pid: process.pid, children: [pool, ...servers] };
}

let known: string | undefined;

/** Version of this package, as it stands in its own folder. */
function version(): string {
  if (known !== undefined) return known;
  try {
    const page = ownFile('observe/page.html', () => new URL('./page.html', import.meta.url));
    known = String((JSON.parse(readFileSync(join(dirname(page), '../../../package.json'), 'utf8')) as { version: unknown }).version);
  } catch {
    known = '';
  }
  return known;
}
