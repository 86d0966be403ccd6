import type { ExitReason } from '../../supervision/exit.ts';
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

/** A handler, and what is known of it. */
export interface KnownHandler {
  readonly run: Handler;
  /** The last time it took too long for another message to wait behind it. True until it has run once. */
  isSlow: boolean;
  /** Whether it goes on after it has returned, as far as it has shown. */
  goesOn: 'unknown' | 'no' | 'yes';
}

/** Tables of handlers by kind. */
export class HandlerTable {
  readonly #server: AnyServer;
  readonly #call: ReadonlyMap<string, KnownHandler>;
  readonly #read: ReadonlyMap<string, KnownHandler>;
  readonly #cast: ReadonlyMap<string, KnownHandler>;
  /** Those that have no name, by the kind of message. */
  readonly #others: ReadonlyMap<Kind, KnownHandler>;

  constructor(server: AnyServer) {
    this.#server = server;
    this.#call = knownIn(server.call);
    this.#read = knownIn(server.read);
    this.#cast = knownIn(server.cast);
    const others = new Map<Kind, KnownHandler>();
    const add = (kinds: readonly Kind[], run: Handler): void => {
      const known: KnownHandler = { run, isSlow: true, goesOn: 'unknown' };
      for (const kind of kinds) others.set(kind, known);
    };
    if (server.info !== undefined) add([KIND.info, KIND.timer], (state, message) => server.info!(state, message));
    add([KIND.continue], (state, message) => server.continue?.(state, message));
    add([KIND.look], (state) => (server.snapshot === undefined ? state : server.snapshot(state)));
    add([KIND.terminate], (state, reason) => server.terminate?.(state, reason as ExitReason));
    this.#others = others;
  }

  find(kind: Kind, name: string): KnownHandler | undefined {
    if (kind === KIND.call) return this.#call.get(name);
    if (kind === KIND.cast) return this.#cast.get(name);
    return kind === KIND.read ? this.#read.get(name) : this.#others.get(kind);
  }

  /** What the manager needs to know about the messages, so that a name that is unknown is refused at once. */
  names(): Names {
    const { call = {}, read = {}, cast = {}, version = 1 } = this.#server;
    const terminates = this.#server.terminate !== undefined;
    return { version, call: Object.keys(call), read: Object.keys(read), cast: Object.keys(cast), terminates };
  }
}

function knownIn(table: Record<string, unknown> = {}): ReadonlyMap<string, KnownHandler> {
  const known = new Map<string, KnownHandler>();
  for (const name of Object.keys(table)) {
    const run = table[name];
    if (typeof run === 'function') known.set(name, { run: run as Handler, isSlow: true, goesOn: 'unknown' });
  }
  return known;
}
