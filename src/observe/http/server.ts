import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ObserverError } from '../errors.ts';
import { isLoopback } from '../options.ts';
import { plain, send } from './answer.ts';
import { isOurHost } from './guard.ts';

export interface Listening {
  /** Address of the page, with a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Connections at a time; further ones are closed. */
const CONNECTIONS = 256;

/** Milliseconds. Node looks for connections that are too slow every half minute, unless this is set. */
const LIMITS = { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 2_500 };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function told(error: NodeJS.ErrnoException, host: string, port: number): ObserverError {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const why =
    error.code === 'EADDRINUSE'
      ? 'another program listens there. Choose another port, or 0 for any free one'
      : error.code === 'EACCES'
        ? 'this user may not listen there. Choose a port above 1023'
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
          ? 'this machine has no such address'
          : error.message;
  return new ObserverError(`Expected a port that is free at ${where}. Got ${error.code ?? 'an error'}: ${why}.`, error);
}

/**
 * A server that answers or drops whatever comes in: no request ends the program, keeps it alive or gathers memory. On a loopback address it
 * serves only who calls it by an address or `localhost`. @throws {ObserverError} `ERR_OBSERVER_LISTEN` if the port cannot be had
 */
export async function listen(host: string, port: number, handler: Handler): Promise<Listening> {
  let local = isLoopback(host);
  const server: Server = createServer(LIMITS, (request, response) => {
    // What a client sends besides is not wanted; without a reader it would keep the connection.
    request.resume();
    for (const end of [request, response]) end.on('error', () => {});
    if (local && !isOurHost(request.headers.host, host))
      send(request, response, plain(403, 'This Host is not served here. Expected localhost or an address.'));
    else handler(request, response);
  });
  server.maxConnections = CONNECTIONS;
  server.on('connection', (socket) => socket.unref());
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
    else socket.destroy();
  });
  for (const method of ['connect', 'upgrade'] as const) server.on(method, (_request, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(told(error, host, port)));
    server.listen(port, host, resolve);
  });
  // Once it listens, an error is that of one connection.
  server.on('error', () => {});
  server.unref();
  const { address, port: bound, family } = server.address() as AddressInfo;
  local = isLoopback(address);
  const named = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '[::1]' : family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${named}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
