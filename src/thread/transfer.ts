import type { Transferable } from 'node:worker_threads';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const { isArray } = Array;
const WrongType = TypeError;

const MARK: unique symbol = Symbol.for('holdfast.transfer') as never;

interface Marked {
  readonly [MARK]: true;
  readonly value: unknown;
  readonly list: readonly Transferable[];
}

/**
 * Returns a result whose memory is moved to the caller instead of copied.
 * @param value the result
 * @param list what moves: array buffers, ports and the like that `value` holds
 */
export function transfer<T>(value: T, list: readonly Transferable[]): T {
  if (!isArray(list))
    throw new WrongType(`transfer(value, list): Expected list to be an array of transferable objects. Got ${typeof list}.`);
  return { [MARK]: true, value, list } satisfies Marked as never;
}

/** The marker that `transfer` made, or `undefined`. */
export function transferred(result: unknown): { value: unknown; list: readonly Transferable[] } | undefined {
  return typeof result === 'object' && result !== null && MARK in result ? (result as Marked) : undefined;
}
