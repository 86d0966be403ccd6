import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { TreeNode } from '../../supervision/index.ts';

/** Where a scraper finds the metrics. */
export interface MetricsServer {
  readonly url: string;
  close(): void;
}

/** What there is to see of a run. */
export interface Served {
  metrics(): Promise<string>;
  tree(): TreeNode;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';
const METRICS = 'text/plain; version=0.0.4; charset=utf-8';
/** Milliseconds for which one reading of the metrics answers every request: scrapers in a loop must not slow the job down. */
const FRESH = 200;
/** Connections at a time; further ones are closed. */
const CONNECTIONS = 64;

const plain = (status: number, body: string): Answer => ({ status, type: TEXT, body: `${body}\n` });

/** The path of a request target, without query; undefined if it is no path. */
function pathOf(target: string | undefined): string | undefined {
  const [, path] = /^(\/[^?#]*)(?:[?#]|$)/.exec(target ?? '') ?? [];
  return path === undefined || path.startsWith('//') ? undefined : path;
}

/**
 * Whether a request means this server. A page in a browser can reach a loopback port by giving a name of its own that
 * address, and would then say that name; an address or `localhost` cannot be borrowed so.
 */
function isOurs(host: string | undefined, own: string): boolean {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host ?? '') ?? [];
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === own.toLowerCase() || isIP(bare) !== 0;
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

function cached(read: () => Promise<string>): () => Promise<string> {
  let last: Promise<string> | undefined;
  return () => {
    if (last === undefined) {
      last = read();
      const forget = () => {
        last = undefined;
      };
      setTimeout(forget, FRESH).unref();
      last.catch(forget);
    }
    return last;
  };
}

async function answerTo(request: IncomingMessage, served: Served): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'Expected GET or HEAD.');
  switch (pathOf(request.url)) {
    case '/metrics':
      return { status: 200, type: METRICS, body: await served.metrics() };
    case '/tree':
      return { status: 200, type: 'application/json', body: JSON.stringify(served.tree()) };
    case undefined:
      return plain(400, 'Expected a path such as /metrics.');
    default:
      return plain(404, 'The metrics are at /metrics, the live tree is at /tree.');
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: () => Promise<Answer>): Promise<void> {
  let given: Answer;
  try {
    given = await answer();
  } catch (error) {
    given = plain(500, error instanceof Error ? error.message : String(error));
  }
  const { status, type, body } = given;
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'x-content-type-options': 'nosniff' };
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
}

/**
 * Serves the metrics at `/metrics`, and the live tree as JSON at `/tree`. Rejects if the port cannot be had. Whatever
 * comes in is answered or dropped; no request can reach the job.
 */
export async function serveMetrics(host: string, port: number, served: Served): Promise<MetricsServer> {
  const view: Served = { metrics: cached(() => served.metrics()), tree: () => served.tree() };
  let loopback = true;
  const server: Server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 }, (request, response) => {
    // What a client sends besides is not wanted; without a reader it would keep the connection.
    request.resume();
    for (const end of [request, response]) end.on('error', () => {});
    const strange = loopback && !isOurs(request.headers.host, host);
    const answer = async () =>
      strange ? plain(403, 'This Host is not served here. Expected localhost or an address.') : answerTo(request, view);
    respond(request, response, answer).catch(() => response.destroy());
  });
  server.maxConnections = CONNECTIONS;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
  for (const method of ['connect', 'upgrade'] as const) server.on(method, (_request, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  // Once it listens, an error is that of one connection.
  server.on('error', () => {});
  server.unref();
  const { address, port: bound, family } = server.address() as AddressInfo;
  loopback = isLoopback(address);
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
