import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type Answer, plain } from './answer.ts';

const COOKIE = 'holdfast_observer';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What stands in the cookie: it opens the page, and does not tell the token. */
const cookieFor = (token: string): string => digest(`holdfast observer cookie ${token}`).toString('base64url');

/** In time that tells nothing, whatever is compared. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/**
 * Whether a request means this server. A page in a browser can reach a loopback port by giving a name of its own that
 * address, and would then say that name; an address or `localhost` cannot be borrowed so.
 */
export function isOurHost(host: string | undefined, own: string): boolean {
  const [, name = ''] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host ?? '') ?? [];
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === own.toLowerCase() || isIP(bare) !== 0;
}

function presented({ headers }: IncomingMessage): string | undefined {
  const [, scheme = '', rest = ''] = /^(\w+) +(\S+)$/.exec(headers.authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return rest;
  // The name in front of the colon may be any.
  if (scheme.toLowerCase() === 'basic')
    return Buffer.from(rest, 'base64')
      .toString()
      .replace(/^[^:]*:/, '');
  return undefined;
}

function cookie({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

/** Whether the request knows the token. */
export function isKnown(request: IncomingMessage, token: string): boolean {
  const given = presented(request);
  if (given !== undefined && same(given, token)) return true;
  const kept = cookie(request);
  return kept !== undefined && same(kept, cookieFor(token));
}

export const unknown = (): Answer =>
  plain(401, 'Expected the token: as Authorization: Bearer, as the password of Basic, or once as ?token=.', {
    'www-authenticate': 'Basic realm="holdfast observer", charset="UTF-8"',
  });

/** A token in the address opens the page, and is taken out of the address at once: it must not stay in a history, or in a log further on. */
export function entered(query: URLSearchParams, token: string): Answer | undefined {
  const given = query.get('token');
  if (given === null || !same(given, token)) return undefined;
  return plain(303, 'Welcome.', {
    location: './',
    'set-cookie': `${COOKIE}=${cookieFor(token)}; HttpOnly; SameSite=Strict; Max-Age=43200`,
  });
}
