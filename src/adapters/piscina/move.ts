import type { Transferable as NodeTransferable } from 'node:worker_threads';
import { transfer } from '../../thread/worker.ts';
import { transferableSymbol, valueSymbol } from './symbols.ts';

/** An object that says itself what of it is transferred. */
export interface Transferable {
  readonly [transferableSymbol]: object;
  readonly [valueSymbol]: object;
}

interface Moved extends Transferable {
  readonly value: unknown;
  readonly list: readonly NodeTransferable[];
}

/** On what `transfer` has marked; a symbol of the process, because a program may have this package twice. */
const MARK: unique symbol = Symbol.for('holdfast.transfer') as never;

const isTransferable = (value: object): value is Transferable => transferableSymbol in value && valueSymbol in value;

/** A lone object may be one that Node can transfer, or a view on one, or name what is. */
function parts(value: object): { value: unknown; list: readonly NodeTransferable[] } {
  if (isTransferable(value)) return { value: value[valueSymbol], list: [value[transferableSymbol]].flat() as NodeTransferable[] };
  if (ArrayBuffer.isView(value)) return { value, list: [value.buffer as ArrayBuffer] };
  return { value, list: [value as NodeTransferable] };
}

/**
 * Marks a task or a result as one that is transferred instead of copied: an `ArrayBuffer`, a typed array, a `MessagePort` and the like, or an object
 * with `transferableSymbol` and `valueSymbol`. What is no object is returned as it is.
 */
export function move<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const { value: sent, list } = parts(value);
  const marked = transfer(sent, list) as object;
  Object.defineProperties(marked, {
    [transferableSymbol]: { get: () => (isTransferable(value) ? value[transferableSymbol] : list[0]) },
    [valueSymbol]: { get: () => (isTransferable(value) ? value[valueSymbol] : sent) },
  });
  return marked as T;
}

/** Whether a value was marked by `move`. */
export function isMovable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && MARK in value && isTransferable(value);
}

/** What `move` has marked, taken apart; `undefined` for any other value. */
export function unmoved(value: unknown): { readonly value: unknown; readonly list: readonly NodeTransferable[] } | undefined {
  return isMovable(value) ? (value as Moved) : undefined;
}
