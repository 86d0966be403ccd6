import { types } from 'node:util';

/**
 * What the runtime of a thread uses of the language after code of the user has been loaded, taken before that. A task may replace or delete
 * whatever it can reach: globals, and the methods of all prototypes. Test libraries do, and polyfills. So that code may not look
 * anything up when it runs: not by name, not as a method of an array, a map or a promise, and not by `for … of`, `…` or `[a, b] =`, which ask for
 * an iterator.
 */
const { bind, call } = Function.prototype;
const { isPromise } = types;

/** The method as a function of the object that it is called on. Looks up nothing when it is called. */
function uncurried<This, Args extends readonly unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
): (self: This, ...args: Args) => Result {
  return bind.call(call, method) as never;
}

export const append: <T>(list: T[], value: T) => number = uncurried(Array.prototype.push) as never;
export const takeFirst: <T>(list: T[]) => T | undefined = uncurried(Array.prototype.shift) as never;
export const getFrom: <K, V>(map: ReadonlyMap<K, V>, key: K) => V | undefined = uncurried(Map.prototype.get) as never;
export const setIn: <K, V>(map: Map<K, V>, key: K, value: V) => void = uncurried(Map.prototype.set) as never;
export const addTo: <T>(set: Set<T>, value: T) => void = uncurried(Set.prototype.add) as never;
export const takeLast: <T>(list: T[]) => T | undefined = uncurried(Array.prototype.pop) as never;
export const eachIn: <K, V>(map: ReadonlyMap<K, V>, visit: (value: V, key: K) => void) => void = uncurried(Map.prototype.forEach) as never;
export const eachOf: <T>(set: ReadonlySet<T>, visit: (value: T) => void) => void = uncurried(Set.prototype.forEach) as never;
export const hasIn: <T>(set: ReadonlySet<T>, value: T) => boolean = uncurried(Set.prototype.has) as never;

/** Whether a result is still to come. A promise is one whatever became of its methods. @throws what a getter throws */
export function isPending(result: unknown): result is PromiseLike<unknown> {
  return (
    typeof result === 'object' && result !== null && (isPromise(result) || typeof (result as PromiseLike<unknown>).then === 'function')
  );
}

/** Hears of how a promise settles, or whatever is like one. `await` asks for no method of a promise, not even for the species of its class. */
export async function whenSettled<T>(
  promise: PromiseLike<T>,
  fulfilled: (value: T) => void,
  rejected: (error: unknown) => void,
): Promise<void> {
  let value: T;
  try {
    value = await promise;
  } catch (error) {
    rejected(error);
    return;
  }
  fulfilled(value);
}

/**
 * Gives an object the methods that it inherits as its own. For objects that Node's own code calls methods of, or that are shared
 * with code of the user.
 */
export function pinned<T extends object>(object: T): T {
  for (let proto = Object.getPrototypeOf(object); proto !== null && proto !== Object.prototype; proto = Object.getPrototypeOf(proto)) {
    for (const key of Reflect.ownKeys(proto)) {
      const method = Object.getOwnPropertyDescriptor(proto, key)?.value as unknown;
      if (typeof method === 'function' && key !== 'constructor' && !Object.hasOwn(object, key))
        Object.defineProperty(object, key, { value: method, configurable: true, writable: true });
    }
  }
  return object;
}
