import { Joint } from '../beside.ts';
import { fromItsBytes } from '../legible.ts';
import type { FromThread } from '../wire.ts';
import { isFromServer } from './message-check.ts';

/** Hears a thread of this process. What makes no sense is not passed on, and the thread is ended. */
export function heardFromThread(message: (heard: FromThread) => void, condemn: (cause: Error) => void): (said: unknown) => void {
  return (said) => {
    if (isFromServer(said)) message(said);
    else condemn(new Error('Expected a message of a server. Got something else from its thread.'));
  };
}

/** Hears a thread of another process, as bytes; throws if they make no sense, and then its process is ended. */
export function heardFromCell(message: (heard: FromThread) => void): (bytes: Uint8Array) => void {
  const joint = new Joint();
  return (bytes) => {
    const said = joint.take(bytes);
    if (said === undefined) return;
    if (!isFromServer(said)) throw new Error('Expected a message of a server. Got something else from its process.');
    message(fromItsBytes(said));
  };
}
