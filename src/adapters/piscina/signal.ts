import { isAbortSignal } from '../../core/foreign/foreign.ts';

/** Anything that says `abort`: an `AbortSignal`, another event target, an event emitter. */
export type AbortSignalAny =
  | {
      addEventListener(name: 'abort', listener: () => void, options?: { once: boolean }): void;
      removeEventListener(name: 'abort', listener: () => void): void;
      readonly aborted?: boolean;
      readonly reason?: unknown;
    }
  | { once(name: 'abort', listener: () => void): unknown; off(name: 'abort', listener: () => void): unknown };

export interface Heard {
  readonly signal: AbortSignal;
  /** Takes back the listener, if there is one. */
  stop(): void;
}

const nothing = (): void => {};

/** What a pool understands of it. */
export function heard(given: AbortSignalAny): Heard {
  if (isAbortSignal(given)) return { signal: given, stop: nothing };
  const controller = new AbortController();
  const listener = (): void => controller.abort((given as { reason?: unknown }).reason);
  if ((given as { aborted?: unknown }).aborted === true) listener();
  if ('addEventListener' in given) {
    given.addEventListener('abort', listener, { once: true });
    return { signal: controller.signal, stop: () => given.removeEventListener('abort', listener) };
  }
  given.once('abort', listener);
  return { signal: controller.signal, stop: () => given.off('abort', listener) };
}

export function isAbortable(value: unknown): value is AbortSignalAny {
  if (typeof value !== 'object' || value === null) return false;
  const { addEventListener, once } = value as { addEventListener?: unknown; once?: unknown };
  return typeof addEventListener === 'function' || typeof once === 'function';
}
