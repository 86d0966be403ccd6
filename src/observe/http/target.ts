import type { IncomingMessage } from 'node:http';

export interface Target {
  /** Below the place where the handler is mounted; undefined if that lies elsewhere. */
  readonly path: string | undefined;
  readonly query: URLSearchParams;
  /** The page's own links are relative: without a slash at its end they would lead beside it. Where it is with one; undefined if it has one. */
  readonly slash: string | undefined;
}

const TARGET = /^(\/[^?#]*)(\?[^#]*)?(?:#|$)/;

/** What a request asks for; undefined if its target is no path. */
export function targetOf(request: IncomingMessage, mount: string): Target | undefined {
  const [, given, search = ''] = TARGET.exec(request.url ?? '') ?? [];
  if (given === undefined || given.startsWith('//')) return undefined;
  const query = new URLSearchParams(search);
  // Express takes the mount path away, and keeps the whole.
  const { originalUrl } = request as { originalUrl?: unknown };
  const [, whole = given] = TARGET.exec(typeof originalUrl === 'string' ? originalUrl : '') ?? [];
  const inside = mount === '' ? given : given === mount ? '/' : given.startsWith(`${mount}/`) ? given.slice(mount.length) : undefined;
  const lacks = inside === '/' && !whole.endsWith('/');
  return { path: inside, query, slash: lacks ? `${whole.slice(whole.lastIndexOf('/') + 1)}/${search}` : undefined };
}
