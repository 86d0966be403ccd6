import type { LogSnapshot } from '../log/log.ts';
import type { ThreadInit } from '../wire.ts';
import type { ServerParts } from './parts.ts';

/** Milliseconds for which reports wait for company: few, so that the program goes on with the first replies while the thread handles the rest. */
const SIDE_BY_SIDE = 0.01;
/** Where replicas vote, a reply needs reports of most of them, and to send and to hear them is what costs. */
const COUNTED_TOGETHER = 0.25;

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
    reportsWait: options.replicas > 1 ? COUNTED_TOGETHER : SIDE_BY_SIDE,
    from:
      snapshot === undefined
        ? { kind: 'init', options: options.options }
        : { kind: 'snapshot', bytes: snapshot.bytes, seq: snapshot.seq - 1 },
  };
}
