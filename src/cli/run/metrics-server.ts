import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a scraper finds the metrics. */
export interface MetricsServer {
  readonly url: string;
  close(): void;
}

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Serves `text()` at `/metrics`. Rejects if the port cannot be had. */
export async function serveMetrics(host: string, port: number, text: () => Promise<string>): Promise<MetricsServer> {
  const server: Server = createServer((request, response) => {
    if (request.method !== 'GET' || new URL(request.url ?? '/', 'http://localhost').pathname !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics.\n');
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': TYPE }).end(body),
      (error: Error) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${error.message}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  server.unref();
  const { address, port: bound, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
