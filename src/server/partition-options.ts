import { InvalidOptionError } from '../core/errors.ts';
import { ownOf } from '../core/foreign/foreign.ts';
import { type Shape, shaped, whole, wrongType } from '../options/checks.ts';

/** Which of the partitions a message is for. Two that are the same, as text, mean the same partition, in every program. */
export type PartitionKey = string | number | bigint;

/** Many servers behind one handle. */
export interface PartitionOptions {
  /** How many. With a journal it cannot be changed afterwards. */
  count: number;
  /** What decides to which of them a message goes; `name` is undefined for what `send` sends. Called once for each message, in the program and not in a thread. */
  // biome-ignore lint/suspicious/noExplicitAny: what a message is differs with its name
  key: (message: any, name: string | undefined) => PartitionKey;
}

const SHAPE: Shape<PartitionOptions> = {
  count: whole(1, 'partitions'),
  key: (value, path) => (typeof value === 'function' ? (value as PartitionOptions['key']) : wrongType(path, 'a function', value)),
};

/** @throws {InvalidOptionError | OptionRangeError} `ERR_INVALID_OPTION` */
export function resolvePartitions(given: unknown): PartitionOptions {
  const { count, key } = shaped<PartitionOptions>(SHAPE)(ownOf(given as object), 'partitions');
  for (const [name, value] of Object.entries({ count, key })) {
    if (value === undefined) throw new InvalidOptionError(`partitions.${name}: Expected it beside the other one. Got undefined.`);
  }
  return { count: count!, key: key! };
}
