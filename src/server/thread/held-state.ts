import { types } from 'node:util';
import { toBytes } from '../../core/wire/bytes.ts';
import { type Encoded, encodeForSure } from '../../core/wire/codec.ts';
import { isPlain } from '../../core/wire/plain-json.ts';
import { valueIn } from '../content.ts';
import type { TimerRef } from '../define/context.ts';
import { type ServerCode, ServerError } from '../errors.ts';
import type { StateBytes } from '../wire.ts';
import type { AnyServer } from './load-server.ts';

/** A timer was taken back before its message was handled. */
export const TAKEN_BACK: unique symbol = Symbol('taken back');

/** What a snapshot holds: the state, and what the runtime keeps beside it. All of it is a function of the log alone. */
export interface Snapshot {
  readonly version: number | string;
  readonly data: unknown;
  readonly timers: ReadonlyMap<TimerRef, unknown>;
  readonly continues: readonly unknown[];
}

/** The state of a server in one thread. */
export class HeldState {
  readonly #server: AnyServer;
  state: unknown;
  /** Messages of timers that are open. */
  readonly timers: Map<TimerRef, unknown>;
  /** Messages for `continue` that are still to come. */
  continues: unknown[];

  private constructor(server: AnyServer, state: unknown, timers: ReadonlyMap<TimerRef, unknown>, continues: readonly unknown[]) {
    this.#server = server;
    this.state = state;
    this.timers = new Map(timers);
    this.continues = [...continues];
  }

  static begin(server: AnyServer, state: unknown): HeldState {
    if (typeof state !== 'object' || state === null) {
      throw wrong(
        'ERR_SERVER_STATE',
        `init: Expected an object, which handlers change in place. Got ${state === null ? 'null' : typeof state}.`,
      );
    }
    return new HeldState(server, state, new Map(), []);
  }

  static restore(server: AnyServer, bytes: StateBytes): HeldState {
    const { data, version, timers, continues } = valueIn(bytes) as Snapshot;
    const same = version === versionOf(server);
    if (!same && server.migrate === undefined) {
      const advice = 'Give the server migrate(old, version), or begin with another journal.';
      throw wrong('ERR_SERVER_JOURNAL_OTHER', `Expected a state of version ${versionOf(server)}. Got one of version ${version}. ${advice}`);
    }
    const old = same && server.restore !== undefined ? atOnce('restore', server.restore(data as never)) : data;
    const state = same ? old : atOnce('migrate', server.migrate!(old, version));
    return new HeldState(server, state, timers, continues);
  }

  /** The message of a timer that fires, or `TAKEN_BACK`. */
  takeTimer(ref: TimerRef): unknown {
    if (!this.timers.has(ref)) return TAKEN_BACK;
    const message = this.timers.get(ref);
    this.timers.delete(ref);
    return message;
  }

  /** @throws {ServerError} `ERR_SERVER_STATE` */
  snapshot(): Uint8Array {
    const data =
      this.#server.snapshot === undefined
        ? checked(this.state, 'no classes')
        : checked(atOnce('snapshot', this.#server.snapshot(this.state)), 'classes');
    checked(this.continues, 'classes');
    const whole: Snapshot = { version: versionOf(this.#server), data, timers: this.timers, continues: this.continues };
    try {
      return toBytes(whole);
    } catch (cause) {
      const why = (cause as Error).message.replace(/\.$/, '');
      throw wrong(
        'ERR_SERVER_STATE',
        `The state cannot be cloned: ${why}. Keep plain data in it, or give the server snapshot and restore.`,
        cause,
      );
    }
  }
}

/** A copy of the state, or why it could not be made. */
export function copied(held: HeldState, keep: (state: Uint8Array) => StateBytes): [StateBytes | undefined, Encoded | undefined] {
  try {
    return [keep(held.snapshot()), undefined];
  } catch (thrown) {
    return [undefined, encodeForSure(thrown)];
  }
}

export function versionOf(server: AnyServer): number | string {
  return server.version ?? 1;
}

/** How much of a state is looked at for classes that would be lost. */
const LOOKED_AT = 2_000;

/**
 * What a replay would find out too late: of a WebAssembly.Module nothing is written, and nothing then can be read. And structured clone takes an instance of a
 * class and gives a plain object back, without its methods, which is for `snapshot` to know.
 */
function checked(state: unknown, allowed: 'classes' | 'no classes'): unknown {
  const open: unknown[] = [state];
  const seen = new Set<object>();
  for (let left = LOOKED_AT; left > 0 && open.length > 0; left--) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (types.isMap(value)) for (const [key, inner] of value) open.push(key, inner);
    else if (types.isSet(value) || Array.isArray(value)) open.push(...[...value].slice(0, LOOKED_AT));
    else if (isPlain(value)) open.push(...Object.values(value));
    else if (Object.prototype.toString.call(value) === '[object WebAssembly.Module]') {
      throw wrong(
        'ERR_SERVER_STATE',
        'The state holds a WebAssembly.Module, which a copy in bytes leaves out. Keep its bytes, and compile them anew.',
      );
    } else if (allowed === 'no classes' && Object.prototype.toString.call(value) === '[object Object]' && !types.isProxy(value)) {
      const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } }).constructor?.name ?? 'a class';
      const advice = 'Keep plain data in it, or give the server snapshot and restore.';
      throw wrong('ERR_SERVER_STATE', `The state holds an instance of ${name}, which a clone would strip of its methods. ${advice}`);
    }
  }
  return state;
}

/** What has to answer at once must not be a promise: the state would be read before it is there. */
export function atOnce<T>(what: string, value: T): T {
  if (typeof (value as PromiseLike<unknown> | undefined)?.then !== 'function') return value;
  (value as PromiseLike<unknown>).then(undefined, () => {});
  throw wrong(
    'ERR_SERVER_ASYNC',
    `${what}: Expected an answer at once. Got a promise. Only init, handlers and terminate may be asynchronous.`,
  );
}

function wrong(code: ServerCode, message: string, cause?: unknown): ServerError {
  return new ServerError(code, message, cause === undefined ? {} : { cause });
}
