import { types } from 'node:util';
import { fromBytes } from './bytes.ts';

/** What was found in a sealed result. */
export interface Opened {
  readonly value: unknown;
  /** Its bytes still have the digest that was taken in the thread. If not, the value is `undefined`. */
  readonly intact: boolean;
}

const CHANGED: Opened = { value: undefined, intact: false };

const getBuiltinModule = process.getBuiltinModule.bind(process);

/** SHA-256. Its module is loaded when it is needed: few threads ever are asked, and all start the sooner. */
export function digestOf(bytes: Uint8Array): string {
  return getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('base64');
}

/**
 * A large result as it leaves its thread: as bytes, under their digest. Results with the same digest are the same; so usually nothing
 * reads the bytes but of the one that is delivered, and then takes their digest again.
 */
export class Sealed {
  readonly digest: string;
  #content: Uint8Array | Opened;

  constructor(digest: string, bytes: Uint8Array) {
    this.digest = digest;
    this.#content = bytes;
  }

  /** Reads the result, the first time. */
  open(): Opened {
    if (types.isUint8Array(this.#content)) this.#content = this.#read(this.#content);
    return this.#content;
  }

  #read(bytes: Uint8Array): Opened {
    if (digestOf(bytes) !== this.digest) return CHANGED;
    try {
      return { value: fromBytes(bytes), intact: true };
    } catch {
      return CHANGED; // Memory does not suffice, or they were no result to begin with.
    }
  }
}
