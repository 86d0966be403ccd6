import { fromBytes, toBytes } from '../core/wire/bytes.ts';
import { FROM, type FromThread, type Item, KIND, type StateBytes, type ThreadInit, TO, type ToThread } from './wire.ts';

/**
 * Between processes a copy of the state travels beside its message, as the bytes that it is. In the message it would be copied three times over by
 * the loop of the program, which all callers wait for: half a second for 100 MB.
 */

/** No message is as short as that: what follows is a state, and belongs to the message after it. */
const STATE_FOLLOWS = new Uint8Array(0);

/** In the place of a state that travels beside. */
const NONE = null as unknown as StateBytes;

type State = StateBytes | undefined;

function parts(message: unknown, state: State): readonly Uint8Array[] {
  const bytes = toBytes(message); // May throw, and then nothing is sent.
  return state === undefined ? [bytes] : [STATE_FOLLOWS, new Uint8Array(state), bytes];
}

/** The first message to a thread; if the state is not in it, it says which state will follow. */
export function initBeside(init: ThreadInit): { readonly init: ThreadInit; readonly sent: readonly Uint8Array[] } {
  const { from } = init;
  if (from.kind === 'init') return { init, sent: [] };
  return { init: { ...init, from: { ...from, bytes: NONE } }, sent: [STATE_FOLLOWS, new Uint8Array(from.bytes)] };
}

export function toThreadBeside(message: ToThread): readonly Uint8Array[] {
  const item = restoring(message);
  if (item === undefined) return parts(message, undefined);
  return parts([TO.items, [withState(item, NONE)]], item[3] as StateBytes);
}

/** A copy from which a thread goes on comes alone. */
function restoring(message: ToThread): Item | undefined {
  const item = message[0] === TO.items ? message[1][0] : undefined;
  return item?.[0] === KIND.restore ? item : undefined;
}

function withState([kind, seq, name, , at]: Item, state: StateBytes): Item {
  return [kind, seq, name, state, at];
}

export function fromThreadBeside(message: FromThread): readonly Uint8Array[] {
  if (message[0] === FROM.ready && message[1] !== undefined) {
    const [tag, first, ...rest] = message;
    return parts([tag, NONE, ...rest], first);
  }
  if (message[0] === FROM.snapshot && message[2] !== undefined) {
    const [tag, id, bytes, error] = message;
    return parts([tag, id, NONE, error], bytes);
  }
  return parts(message, undefined);
}

/** Puts together again what has come. */
export class Joint {
  #next: 'message' | 'state' = 'message';
  #state: State;

  /** The message in it, from whatever sender; `undefined` if it is a part of the one that is to come. */
  take(bytes: Uint8Array): unknown {
    if (this.#next === 'state') {
      this.#next = 'message';
      this.#state = alone(bytes);
    } else if (bytes.byteLength === 0) this.#next = 'state';
    else return this.#joined(fromBytes(bytes));
    return undefined;
  }

  /** The state that has come, once. */
  takeState(): State {
    const state = this.#state;
    this.#state = undefined;
    return state;
  }

  #joined(message: unknown): unknown {
    if (!Array.isArray(message) || this.#state === undefined) return message;
    // To a thread it is the content of an item, from a thread a part of the message itself.
    for (const place of [message, message[1]?.[0]]) {
      if (!Array.isArray(place)) continue;
      const at = place.indexOf(null);
      if (at < 0) continue;
      place[at] = this.takeState();
      break;
    }
    return message;
  }
}

function alone(bytes: Uint8Array): StateBytes {
  const { buffer, byteLength } = bytes;
  return buffer.byteLength === byteLength ? buffer : bytes.slice().buffer;
}
