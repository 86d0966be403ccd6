import type { ExitReason } from '../../supervision/exit.ts';
import type { CallOptions } from '../define/call-options.ts';
import type { From } from '../define/context.ts';
import { ServerError } from '../errors.ts';
import type { Content } from '../wire.ts';

/** What servers of one program know of each other. */
export interface Neighbour {
  /** Unique in this program. */
  readonly id: string;
  readonly name: string;
  /** `chain`: ids of the servers that wait for the answer. */
  callFrom(chain: readonly string[], name: string, content: Content, options: CallOptions): Promise<unknown>;
  castFrom(name: string, content: Content): void;
  inform(message: unknown): void;
  answer(from: From, content: Content, failed: boolean): void;
  readonly exited: Promise<ExitReason>;
}

/** Hangs on a global symbol: a program may load this package twice, as ES modules and as CommonJS. */
const SLOT: unique symbol = Symbol.for('holdfast.servers') as never;
interface Registry {
  next: number;
  readonly byId: Map<string, Neighbour>;
  readonly byName: Map<string, Neighbour>;
}
const holder = globalThis as { [SLOT]?: Registry };
holder[SLOT] ??= { next: 1, byId: new Map(), byName: new Map() };
const registry: Registry = holder[SLOT];

export function newServerId(): string {
  return `server-${registry.next++}`;
}

/** @throws {ServerError} `ERR_SERVER_NAME` if a server that has not ended has that name */
export function register(server: Neighbour): void {
  if (registry.byName.has(server.name)) {
    throw new ServerError(
      'ERR_SERVER_NAME',
      `Expected a name that no server has. Got ${JSON.stringify(server.name)}. Stop that one, or choose another name.`,
    );
  }
  registry.byName.set(server.name, server);
  registry.byId.set(server.id, server);
}

export function unregister(server: Neighbour): void {
  if (registry.byName.get(server.name) === server) registry.byName.delete(server.name);
  registry.byId.delete(server.id);
}

export function byId(id: string): Neighbour | undefined {
  return registry.byId.get(id);
}

export function byName(name: string): Neighbour | undefined {
  return registry.byName.get(name);
}

/** @throws {ServerError} `ERR_SERVER_UNKNOWN` */
export function existing(name: string): Neighbour {
  const found = byName(name);
  if (found !== undefined) return found;
  throw new ServerError('ERR_SERVER_UNKNOWN', `Expected the name of a server of this program that runs. Got ${JSON.stringify(name)}.`);
}
