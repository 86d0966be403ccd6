import { parseBrokerUrl } from '../core/broker/broker-url.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { type Check, oneOf, shaped, string, whole, wrongType } from './checks.ts';
import type { NodesOptions, PoolOptions } from './types.ts';

/** The option `nodes` with every default filled in. */
export interface ResolvedNodes {
  readonly url: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly silence: number;
  readonly brokerTimeout: number;
  readonly maxPayload: number;
  readonly spread: 'prefer' | 'require';
}

/** A part of keys at the broker, and of arguments on a command line. */
export const nodeName: Check<string> = (value, path) =>
  typeof value === 'string' && /^[\w.-]{1,64}$/.test(value)
    ? value
    : wrongType(path, 'a name of at most 64 letters, digits and the characters . _ -', value);

const milliseconds = whole(1, 'milliseconds');
const url: Check<string> = (value, path) => {
  const text = string(value, path);
  parseBrokerUrl(text, path);
  return text;
};

const shape = shaped<NodesOptions>({
  url,
  name: nodeName,
  version: string,
  silence: whole(100, 'milliseconds'),
  brokerTimeout: milliseconds,
  maxPayload: whole(1_024, 'bytes'),
  spread: oneOf('prefer', 'require'),
});

/** Milliseconds in which a broker has to be reached at first, and may be away later. */
export const BROKER_TIMEOUT = 30_000;

/** An object of settings. Whether there is a URL is seen when all options are there. */
export const nodes: Check<ResolvedNodes> = (value, path) => ({
  name: 'default',
  version: undefined,
  silence: 2_000,
  brokerTimeout: BROKER_TIMEOUT,
  maxPayload: 64 * 1_048_576,
  spread: 'prefer',
  url: '',
  ...shape(value, path),
});

/**
 * The URL may come from the environment, where it is less exposed than in code. What is each node's own affair, and what cannot leave this machine, is refused.
 * @throws {InvalidOptionError} `ERR_INVALID_OPTION`
 */
export function resolveNodes(
  given: { readonly [K in keyof PoolOptions]?: unknown } & { readonly nodes?: ResolvedNodes },
): ResolvedNodes | undefined {
  if (given.nodes === undefined) return undefined;
  if (given.filename === undefined)
    throw new InvalidOptionError('filename: Expected the task module, which nodes must have as well. Got none.');
  const own = (['isolation', 'cells', 'execPath'] as const).find((name) => given[name] !== undefined);
  if (own !== undefined)
    throw new InvalidOptionError(
      `${own}: Expected it not to be set, because with nodes it is each node's own (holdfast node --isolation). Got it.`,
    );
  if (typeof given.env === 'symbol')
    throw new InvalidOptionError('env: Expected an object, because nodes share no environment. Got SHARE_ENV.');
  const fromEnvironment = process.env.HOLDFAST_NODES ?? '';
  if (given.nodes.url !== '') return given.nodes;
  const expected = "the URL of a Redis, here or in the environment variable HOLDFAST_NODES, as in 'redis://10.0.0.5'";
  return {
    ...given.nodes,
    url: fromEnvironment === '' ? wrongType('nodes.url', expected, undefined) : url(fromEnvironment, 'HOLDFAST_NODES'),
  };
}
