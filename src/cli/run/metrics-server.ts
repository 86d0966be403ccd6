import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TreeNode } from '../../supervision/index.ts';

/** Where a scraper finds the metrics. */
export interface MetricsServer {
  readonly url: string;
  close(): void;
}

const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What there is to see of a run. */
export interface Served {
  metrics(): Promise<string>;
  tree(): TreeNode;
}

/** Serves the metrics at `/metrics`, and the live tree as JSON at `/tree`. Rejects if the port cannot be had. */
export async function serveMetrics(host: string, port: number, served: Served): Promise<MetricsServer> {
  const server: Server = createServer((request, response) => {
    const path = request.method === 'GET' ? new URL(request.url ?? '/', 'http://localhost').pathname : undefined;
    if (path === '/tree') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(served.tree()));
      return;
    }
    if (path !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('The metrics are at /metrics, the live tree is at /tree.\n');
      return;
    }
    served.metrics().then(
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
