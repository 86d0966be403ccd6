import { mix32 } from '../../core/random.ts';
import { ServerError } from '../errors.ts';
import type { PartitionKey } from '../partition-options.ts';

/** The place of a key, from 0: the same in every program, because a journal lies at it. */
export function placeOf(key: PartitionKey, count: number): number {
  const kind = typeof key;
  if (kind !== 'string' && kind !== 'bigint' && !(kind === 'number' && Number.isFinite(key))) {
    const got = kind === 'number' ? String(key) : kind;
    throw new ServerError(
      'ERR_SERVER_MESSAGE',
      `partitions.key: Expected a string, a finite number or a bigint. Got ${got}. The message was not sent.`,
    );
  }
  const text = String(key);
  let hash = 0x811c9dc5; // FNV-1a over code units.
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix32(hash) % count;
}
