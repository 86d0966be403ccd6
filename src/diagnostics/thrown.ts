import { sketch } from './inspect.ts';

/** A thrown value, described as texts. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** Reads a property that may be a getter that throws, or sit behind a hostile proxy; only strings count. */
function text(target: object, key: string): string | undefined {
  try {
    const value: unknown = (target as Record<string, unknown>)[key];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Describes a thrown value of any kind; never throws. */
export function describeThrown(thrown: unknown): Thrown {
  if ((typeof thrown !== 'object' || thrown === null) && typeof thrown !== 'function') {
    return { name: typeof thrown, message: sketch(thrown, 500), stack: '' };
  }
  const name = text(thrown, 'name');
  const message = text(thrown, 'message');
  const stack = text(thrown, 'stack') ?? '';
  if (name === undefined && message === undefined) return { name: 'object', message: sketch(thrown, 500), stack };
  return { name: name ?? 'Error', message: message ?? '', stack };
}
