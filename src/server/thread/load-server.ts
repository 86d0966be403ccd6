import { isDefinition } from '../define/marks.ts';
import type { ServerDefinition } from '../define/server-definition.ts';
import { ServerError } from '../errors.ts';
import { KIND, type Kind, type Names } from '../wire.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is in a module shows only when it runs
export type AnyServer = ServerDefinition<any, any, any, any, any, any>;
export type Handler = (state: unknown, message: unknown) => unknown;

/** @throws {ServerError} `ERR_SERVER_MODULE` */
export function serverIn(exports: Record<string, unknown>, exported: string, href: string): AnyServer {
  const fallback = exports.default as Record<string, unknown> | undefined;
  // A transpiled CommonJS module has its exports, `default` among them, one level down.
  const found = [exports[exported], fallback?.[exported]].find(isDefinition);
  if (found === undefined) {
    const what = exported === 'default' ? 'a server by default' : `a server called "${exported}"`;
    const names = Object.keys(exports).join(', ') || 'nothing';
    const how = 'Export what defineServer or defineMachine returns, or set the option export.';
    throw new ServerError('ERR_SERVER_MODULE', `Expected ${href} to export ${what}. Got ${names}. ${how}`);
  }
  const server = found as AnyServer;
  if (typeof server.init === 'function') return server;
  throw new ServerError('ERR_SERVER_MODULE', `Expected the server in ${href} to have a function init. Got ${typeof server.init}.`);
}

/** Tables of handlers by kind. */
export class HandlerTable {
  readonly #server: AnyServer;

  constructor(server: AnyServer) {
    this.#server = server;
  }

  find(kind: Kind, name: string): Handler | undefined {
    const { call, read, cast, info } = this.#server;
    if (kind === KIND.info || kind === KIND.timer)
      return info === undefined ? undefined : (state, message) => info.call(this.#server, state, message);
    const table: Record<string, Handler> | undefined = kind === KIND.call ? call : kind === KIND.read ? read : cast;
    return table !== undefined && Object.hasOwn(table, name) && typeof table[name] === 'function' ? table[name] : undefined;
  }

  /** What the manager needs to know about the messages, so that a name that is unknown is refused at once. */
  names(): Names {
    const { call = {}, read = {}, cast = {}, version = 1 } = this.#server;
    return { version, call: Object.keys(call), read: Object.keys(read), cast: Object.keys(cast) };
  }
}
