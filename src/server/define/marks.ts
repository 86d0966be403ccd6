/** What handlers return besides plain replies. Marked by global symbols: a program may load this package twice, as ES modules and as CommonJS. */
const FAIL: unique symbol = Symbol.for('holdfast.server.fail') as never;
const NO_REPLY: unique symbol = Symbol.for('holdfast.server.noReply') as never;
const IGNORE: unique symbol = Symbol.for('holdfast.server.ignore') as never;
const DEFINITION: unique symbol = Symbol.for('holdfast.server.definition') as never;

/** An answer that is an error: the caller's `call` rejects with it, and the server lives. Made by `fail`. */
export interface Fail {
  readonly [FAIL]: true;
  /** What the caller's promise rejects with. */
  readonly error: unknown;
}

/** "The reply comes later." Made by `noReply`. */
export interface NoReply<Reply = unknown> {
  readonly [NO_REPLY]: true;
  /** Only a type: what the later reply will be. */
  readonly reply?: Reply;
}

/** "There is nothing to run." Made by `ignore`. */
export interface IgnoreStart {
  readonly [IGNORE]: true;
}

/**
 * Answers a call with an error, and lives on. To throw instead kills the server, because a handler that throws may have changed half of its state.
 * @param error what the caller's promise rejects with; class (of the built-in ones), message, fields and `cause` arrive
 */
export function fail(error: unknown): Fail {
  return { [FAIL]: true, error };
}

const LATER: NoReply<never> = { [NO_REPLY]: true };

/** Returned by a `call` handler that answers later: keep `context().from`, and give it to `reply` when the answer is known. */
export function noReply<Reply = unknown>(): NoReply<Reply> {
  return LATER as NoReply<Reply>;
}

/** Returned by `init`: there is nothing to run now. `startServer` rejects with `ERR_SERVER_IGNORED`; under a supervisor the child counts as started. */
export function ignore(): IgnoreStart {
  return { [IGNORE]: true };
}

const marked = (value: unknown, mark: symbol): boolean => typeof value === 'object' && value !== null && mark in value;

export const isFail = (value: unknown): value is Fail => marked(value, FAIL);
export const isNoReply = (value: unknown): value is NoReply => marked(value, NO_REPLY);
export const isIgnore = (value: unknown): value is IgnoreStart => marked(value, IGNORE);
export const isDefinition = (value: unknown): boolean => marked(value, DEFINITION);

/** Marks what a module exports as a server. */
export function asDefinition<T extends object>(handlers: T): T {
  return Object.defineProperty({ ...handlers }, DEFINITION, { value: true });
}
