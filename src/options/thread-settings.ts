import { MessageChannel, SHARE_ENV } from 'node:worker_threads';
import { InvalidOptionError } from '../core/errors.ts';
import { messageOf } from '../core/foreign/message.ts';
import { arrayOf, type Check, object, real, shaped, whole, wrongType } from './checks.ts';
import type { PoolOptions } from './types.ts';

const megabytes = whole(1, 'megabytes');

/** Below these, no thread would start, and on Node 24 the whole process may end. */
export const resourceLimits: Check<NonNullable<PoolOptions['resourceLimits']>> = shaped<NonNullable<PoolOptions['resourceLimits']>>({
  maxOldGenerationSizeMb: whole(4, 'megabytes'),
  maxYoungGenerationSizeMb: megabytes,
  codeRangeSizeMb: megabytes,
  stackSizeMb: real(0.5, 1_000),
});

/** Sent to a port without a reader: it is cloned, and every thread will be given a clone of its own. */
export const workerData: Check<unknown> = (value, path) => {
  const { port1 } = new MessageChannel();
  try {
    port1.postMessage(value);
    return value;
  } catch (error) {
    const why = messageOf(error);
    throw new InvalidOptionError(`${path}: Expected anything that can be cloned. Got what cannot: ${why}`);
  } finally {
    port1.close();
  }
};

const text: Check<string> = (value, path) => (typeof value === 'string' ? value : wrongType(path, 'a string', value));

/** A copy, so that all threads get the same; `undefined` is not set, as in `process.env`. */
export const env: Check<PoolOptions['env']> = (value, path) => {
  if (value === SHARE_ENV) return SHARE_ENV;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrongType(path, 'an object of variables, or SHARE_ENV of node:worker_threads', value);
  const given = Object.entries(object(value, path)).filter(([, variable]) => variable !== undefined);
  return Object.fromEntries(given.map(([name, variable]) => [name, text(variable, `${path}.${name}`)]));
};

export const strings: Check<readonly string[]> = arrayOf(text, 'strings');

/** A worker's own refusal of its flags, which come from `execArgv` or `env.NODE_OPTIONS`, as the refusal of an option. */
export function asOptionError(error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') return error;
  return new InvalidOptionError(`execArgv, env.NODE_OPTIONS: Expected flags that a worker thread takes. Got others: ${message}.`);
}
