import type { Writable } from 'node:stream';
import { append, takeFirst } from '../core/foreign/intrinsics.ts';

// Taken before code of the user can put something in their place: see core/foreign/intrinsics.ts.
const { apply } = Reflect;

/** What a thread may have printed without the program having read it, in bytes. Then its stream holds back what comes, as Node's own does at once. */
const MOST_UNREAD = 16 * 1_048_576;

interface Chunk {
  readonly chunk: string | Uint8Array;
}
type Written = (error?: Error | null) => void;
type WriteAll = (chunks: readonly Chunk[], written: Written) => void;

/**
 * Lets what a task prints leave the thread when it is printed. Node sends the first piece, and keeps the others until the program has asked for more
 * and the event loop of the thread has turned: so the end of a thread, planned or not, would take all lines but the first with it.
 */
export function printAtOnce(stream: Writable): void {
  const send = stream._writev as WriteAll | undefined;
  if (typeof send !== 'function') return;
  const held: Written[] = [];
  let unread = 0;
  const writeAll: WriteAll = (chunks, written) => {
    let bytes = 0;
    for (let i = 0; i < chunks.length; i++) bytes += chunks[i]!.chunk.length;
    unread += bytes;
    const read: Written = () => {
      unread -= bytes;
      if (unread <= MOST_UNREAD) takeFirst(held)?.();
    };
    apply(send, stream, [chunks, read]);
    if (unread <= MOST_UNREAD) written();
    else append(held, written);
  };
  Object.defineProperty(stream, '_writev', { value: writeAll, configurable: true, writable: true });
}
