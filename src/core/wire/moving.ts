import type { Transferable as NodeTransferable } from 'node:worker_threads';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { defineProperties, getOwnPropertySymbols } = Object;
const WrongType = TypeError;

/** On what `transfer` and `move` have marked; a symbol of the process, because a program may have this package twice. */
const MARK: unique symbol = Symbol.for('holdfast.transfer') as never;
/** As in Piscina, on an object that says itself what of it is transferred. */
export const transferableSymbol: unique symbol = Symbol.for('Piscina.transferable') as never;
/** As in Piscina, on the same object: what is sent in its place. */
export const valueSymbol: unique symbol = Symbol.for('Piscina.valueOf') as never;
/** The description of the symbol that Piscina's own `move` puts on such an object; no other code can have that symbol. */
const MOVED_BY_PISCINA = 'Piscina.kMovable';

/** An object that says itself what of it is transferred. */
export interface Transferable {
  readonly [transferableSymbol]: object;
  readonly [valueSymbol]: object;
}

/** A value, and what moves with it. */
export interface Moved {
  readonly value: unknown;
  readonly list: readonly NodeTransferable[];
}

/**
 * Returns a value whose memory is moved to the other side instead of copied.
 * @param value the value
 * @param list what moves: array buffers, ports and the like that `value` holds
 */
export function transfer<T>(value: T, list: readonly NodeTransferable[]): T {
  if (!isArray(list))
    throw new WrongType(`transfer(value, list): Expected list to be an array of transferable objects. Got ${typeof list}.`);
  return { [MARK]: true, value, list } as never;
}

/**
 * Marks a task or a result as one that is transferred instead of copied: an `ArrayBuffer`, a typed array, a `MessagePort` and the like, or an object
 * with Piscina's `transferableSymbol` and `valueSymbol`. What is no object is returned as it is.
 */
export function move<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const { value: sent, list } = parts(value);
  const marked = transfer(sent, list) as object;
  defineProperties(marked, {
    [transferableSymbol]: { get: () => (saysItself(value) ? value[transferableSymbol] : list[0]) },
    [valueSymbol]: { get: () => (saysItself(value) ? value[valueSymbol] : sent) },
  });
  return marked as T;
}

/** Whether a value was marked by `move`, ours or Piscina's. */
export function isMovable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && saysItself(value) && (MARK in value || isPiscinas(value));
}

/** What was marked, taken apart; `undefined` for any other value, also for one that does not let itself be looked at. */
export function transferred(value: unknown): Moved | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    if (MARK in value) return value as unknown as Moved;
    return saysItself(value) && isPiscinas(value) ? partsOf(value) : undefined;
  } catch {
    return undefined; // A proxy that throws; sending it will say so.
  }
}

/** The value that was marked; any other as it is. */
export function unmoved(value: unknown): unknown {
  const moved = transferred(value);
  return moved === undefined ? value : moved.value;
}

function saysItself(value: object): value is Transferable {
  return transferableSymbol in value && valueSymbol in value;
}

function isPiscinas(value: object): boolean {
  const symbols = getOwnPropertySymbols(value);
  for (let i = 0; i < symbols.length; i++) if (symbols[i]!.description === MOVED_BY_PISCINA) return true;
  return false;
}

/** A lone object may be one that Node can transfer, or a view on one, or name what is. */
function parts(value: object): Moved {
  if (saysItself(value)) return partsOf(value);
  if (isView(value)) return { value, list: [value.buffer as ArrayBuffer] };
  return { value, list: [value as NodeTransferable] };
}

function partsOf(value: Transferable): Moved {
  const named = value[transferableSymbol];
  return { value: value[valueSymbol], list: (isArray(named) ? named : [named]) as NodeTransferable[] };
}
