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
const ESCAPED =
  'What means something in a URL is written as in %2F for / (? is %3F, # %23, % %25) where it belongs to a user or a password';

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION`; what came is shown without what may be a password */
export function parseBrokerUrl(text: string, path = 'nodes.url'): BrokerUrl {
  const refused = (expected: string): InvalidOptionError => {
    const hint = text.includes('@') ? ` ${ESCAPED}.` : '';
    return new InvalidOptionError(`${path}: Expected ${expected}. Got ${masked(text)}.${hint}`);
  };
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // Its message would hold the text.
  }
  if (url === undefined || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') throw refused(EXPECTED);
  const db = /^\/?(\d*)$/.exec(url.pathname)?.[1];
  if (db === undefined || url.search !== '' || url.hash !== '') throw refused('the number of a database behind the host, or nothing');
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (username === undefined || password === undefined) throw refused(EXPECTED);
  const port = url.port === '' ? 6379 : Number(url.port);
  const user = url.username === '' ? '' : `${url.username}@`;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    tls: url.protocol === 'rediss:',
    username: username === '' ? undefined : username,
    password: password === '' ? undefined : password,
    db: Number(db),
    shown: `${url.protocol}//${user}${url.hostname}:${port}${Number(db) === 0 ? '' : `/${Number(db)}`}`,
  };
}

/** `undefined` if it is not escaped as in a URL. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Whatever stands before an `@` or behind a `?` may hold a password. */
function masked(text: string): string {
  const at = text.lastIndexOf('@');
  return `'${(at < 0 ? text : `…${text.slice(at)}`).replace(/[?#].*$/s, '…')}'`.slice(0, 100);
}
