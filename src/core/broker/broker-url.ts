import { InvalidOptionError } from '../errors.ts';

/** Where the broker is. */
export interface BrokerUrl {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  /** The URL as it may be shown: without its password. */
  readonly shown: string;
}

const EXPECTED = "the URL of a Redis, as in 'redis://10.0.0.5:6379' or 'rediss://user:password@redis.example'";

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION`; what came is shown without what may be a password */
export function parseBrokerUrl(text: string, path = 'nodes.url'): BrokerUrl {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // Its message would hold the text.
  }
  if (url === undefined || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '')
    throw new InvalidOptionError(`${path}: Expected ${EXPECTED}. Got ${masked(text)}.`);
  const db = url.pathname === '' || url.pathname === '/' ? 0 : Number(url.pathname.slice(1));
  if (!Number.isInteger(db) || db < 0)
    throw new InvalidOptionError(`${path}: Expected the number of a database behind the host, or nothing. Got ${url.pathname}.`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 6379 : Number(url.port);
  const user = url.username === '' ? '' : `${url.username}@`;
  return {
    host,
    port,
    tls: url.protocol === 'rediss:',
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    db,
    shown: `${url.protocol}//${user}${url.hostname}:${port}${db === 0 ? '' : `/${db}`}`,
  };
}

/** Whatever stands before an `@` may hold a password. */
function masked(text: string): string {
  const at = text.lastIndexOf('@');
  return `'${at < 0 ? text : `…${text.slice(at)}`}'`.slice(0, 100);
}
