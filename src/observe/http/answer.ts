import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a request gets. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export const TEXT = 'text/plain; charset=utf-8';
export const JSON_TYPE = 'application/json';
export const HTML = 'text/html; charset=utf-8';

export const plain = (status: number, body: string, headers?: Readonly<Record<string, string>>): Answer => ({
  status,
  type: TEXT,
  body: `${body}\n`,
  ...(headers && { headers }),
});

/** Headers of every answer: no browser guesses its type, keeps it, or tells others where it came from. */
export const COMMON: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

export function send(request: IncomingMessage, response: ServerResponse, { status, type, body, headers }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const length = { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...COMMON, ...length, ...headers }).end(request.method === 'HEAD' ? undefined : body);
}
