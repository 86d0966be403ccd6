import { InvalidOptionError } from '../core/errors.ts';
import type { TreeNode } from '../index.ts';
import { boolean, fn, type Shape, shaped, string, wrongType } from '../options/checks.ts';

/** Options of `observer`. */
export interface ObserverOptions {
  /** Who wants to see anything but `/live` and `/ready` has to know it: `Authorization: Bearer`, the password of Basic, or `?token=` once in a browser. @default none */
  readonly token?: string | undefined;
  /** Show inputs of tasks that killed their threads, and results that disagreed. @default false */
  readonly reveal?: boolean | undefined;
  /** Where the handler is mounted, such as `/pool`, if the framework leaves that in `request.url` (Fastify, `node:http`; not Express). @default '' */
  readonly path?: string | undefined;
  /** The tree that is shown, if the pool is a part of a larger one. @default `pool.tree()` */
  readonly tree?: (() => TreeNode) | undefined;
  /** What is kept for the page: the last two minutes, or all since the start, more coarsely the longer it gets. @default 'recent' */
  readonly keep?: 'recent' | 'whole' | undefined;
}

/** Options of `observe`. */
export interface ObserveOptions extends ObserverOptions {
  /** Port to listen at; 0 takes any free one. @default 0 */
  readonly port?: number | undefined;
  /** Address to listen at. Any other than loopback needs `token` or `behindProxy`. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** You state that authentication stands in front of this port, and that nothing else can reach it. @default false */
  readonly behindProxy?: boolean | undefined;
}

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` for what cannot be looked at */
export function checkPool(pool: unknown): void {
  const can = (name: string): boolean => typeof (pool as Record<string, unknown> | null | undefined)?.[name] === 'function';
  if (!['watch', 'on', 'off', 'stats', 'tree'].every(can)) wrongType('pool', 'a Pool', pool);
}

const MOUNT = /^(\/[\w.~-]+)*$/;
/** Shorter ones can be tried out. */
const TOKEN = 12;

const portNumber = (value: unknown, path: string): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535
    ? value
    : wrongType(path, 'a port, from 0 (any free one) to 65535', value);

const mountPath = (value: unknown, path: string): string =>
  typeof value === 'string' && MOUNT.test(value) ? value : wrongType(path, "a path such as '/pool', without a slash at its end", value);

const token = (value: unknown, path: string): string => {
  // The value itself must not stand in a message.
  if (typeof value !== 'string' || value.length < TOKEN || !/^[\x21-\x7e]+$/.test(value))
    throw new InvalidOptionError(`${path}: Expected at least ${TOKEN} printable characters without a space. Got something else.`);
  return value;
};

const keep = (value: unknown, path: string): 'recent' | 'whole' =>
  value === 'recent' || value === 'whole' ? value : wrongType(path, "one of 'recent', 'whole'", value);

const OBSERVER: Shape<ObserverOptions> = { token, reveal: boolean, path: mountPath, tree: fn, keep };
const OBSERVE: Shape<ObserveOptions> = { ...OBSERVER, port: portNumber, host: string, behindProxy: boolean };

const checkedObserver = shaped<ObserverOptions>(OBSERVER);
const checkedObserve = shaped<ObserveOptions>(OBSERVE);

export interface Resolved {
  readonly token: string | undefined;
  readonly reveal: boolean;
  readonly path: string;
  readonly tree: (() => TreeNode) | undefined;
  readonly keep: 'recent' | 'whole';
}

export interface ResolvedServer extends Resolved {
  readonly port: number;
  readonly host: string;
}

/** Addresses that only this machine can reach. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION` */
export function resolveObserver(options: ObserverOptions = {}): Resolved {
  const { token, reveal = false, path = '', tree, keep = 'recent' } = checkedObserver(options, 'options');
  return { token, reveal, path, tree, keep };
}

/** @throws {InvalidOptionError} `ERR_INVALID_OPTION`, also for a host that others can reach without a `token` */
export function resolveObserve(options: ObserveOptions = {}): ResolvedServer {
  const { port = 0, host = '127.0.0.1', behindProxy = false, ...rest } = checkedObserve(options, 'options');
  if (!isLoopback(host) && rest.token === undefined && !behindProxy) {
    throw new InvalidOptionError(
      `host: Expected a loopback address, or a token. Got ${JSON.stringify(host.slice(0, 100))}, which other machines may reach. ` +
        'Set token, or behindProxy: true if your own authentication stands in front.',
    );
  }
  return { ...resolveObserver(rest), port, host };
}
