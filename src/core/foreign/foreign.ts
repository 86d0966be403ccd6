/**
 * Objects of other realms (a test runner's, jsdom's) and of libraries are not instances of the classes of this one. They are taken by what
 * they can do.
 */

/** Whether something can be listened to, and says whether it was aborted. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function';
}

/** The text of a URL object, or `undefined` for anything else. */
export function hrefOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { href, protocol } = value as Partial<URL>;
  return typeof href === 'string' && typeof protocol === 'string' ? href : undefined;
}

/** Only what an object says itself: what was put on `Object.prototype` is not an option of a call. */
export function ownOf<T>(options: T): T {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  return Object.assign(Object.create(null) as object, options) as T;
}
