import type { LogSnapshot } from '../log/log.ts';
import type { ThreadInit } from '../wire.ts';
import type { ServerParts } from './parts.ts';

/** The order for a new thread: to make the state, or to restore it from the snapshot of the log. @param createdAt milliseconds since 1970 */
export function threadInit(
  parts: ServerParts,
  snapshot: LogSnapshot | undefined,
  createdAt: number,
  replica: number,
  watches: boolean,
): ThreadInit {
  const { id, name, options, seed } = parts;
  return {
    href: options.filename,
    exported: options.export,
    server: id,
    name,
    replica,
    seed,
    at: snapshot?.at ?? createdAt,
    logged: options.recover === 'replay',
    watches,
    from:
      snapshot === undefined
        ? { kind: 'init', options: options.options }
        : { kind: 'snapshot', bytes: snapshot.bytes, seq: snapshot.seq - 1 },
  };
}
