/**
 * The observer: a page that shows what the threads of a pool do, with what machines ask beside it.
 *
 * @module holdfast/observe
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './http/server.ts';
import { checkPool, type ObserveOptions, type ObserverOptions, resolveObserve, resolveObserver } from './options.ts';
import type { Observed } from './record/watch-pool.ts';
import { PoolSite } from './site.ts';

export { ObserverError } from './errors.ts';
export type { ObserveOptions, ObserverOptions } from './options.ts';
export type { Observed } from './record/watch-pool.ts';

/** A page that is served. */
export interface ObserverServer extends AsyncDisposable {
  /** Where the page is, with a slash at its end. */
  readonly url: string;
  /** What is on the page now, as one HTML file that needs nothing else. */
  report(): string;
  /** Ends the server and every stream. The pool goes on. */
  close(): Promise<void>;
}

/** A handler for Express, Fastify and `node:http`. */
export interface ObserverHandler {
  (request: IncomingMessage, response: ServerResponse): void;
  /** What is on the page now, as one HTML file that needs nothing else. */
  report(): string;
  /** Ends every stream, and stops looking at the pool. */
  close(): void;
}

/**
 * Serves the page of a pool at a port of its own: `/`, `/metrics`, `/live`, `/ready`, `/tree`, `/stats`, `/events` and `/report.html`. It never keeps
 * the program alive.
 *
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`: a bad option, or a host that others reach without a token
 * @throws {ObserverError} `ERR_OBSERVER_LISTEN`: the port cannot be had
 */
export async function observe(pool: Observed, options: ObserveOptions = {}): Promise<ObserverServer> {
  checkPool(pool);
  const { host, port, ...rest } = resolveObserve(options);
  const site = new PoolSite(rest);
  const server = await listen(host, port, (request, response) => site.handle(request, response));
  site.attach(pool);
  const close = async (): Promise<void> => {
    site.close();
    await server.close();
  };
  return { url: server.url, report: () => site.report()!, close, [Symbol.asyncDispose]: close };
}

/**
 * The same as a handler, to be mounted in a server of your own, behind your own login. Who may reach it is yours to decide; `token` asks besides.
 *
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`
 */
export function observer(pool: Observed, options: ObserverOptions = {}): ObserverHandler {
  checkPool(pool);
  const site = new PoolSite(resolveObserver(options));
  site.attach(pool);
  const handler = (request: IncomingMessage, response: ServerResponse): void => site.handle(request, response);
  return Object.assign(handler, { report: () => site.report()!, close: () => site.close() });
}
