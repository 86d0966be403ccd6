import { type Encoded, encodeForSure } from '../../core/wire/codec.ts';
import type { StateBytes } from '../wire.ts';
import type { HeldState } from './held-state.ts';

/** A copy of the state, or why it could not be made. */
export function copied(held: HeldState, keep: (state: Uint8Array) => StateBytes): [StateBytes | undefined, Encoded | undefined] {
  try {
    return [keep(held.snapshot()), undefined];
  } catch (thrown) {
    return [undefined, encodeForSure(thrown)];
  }
}
