import { Mirror, type MirrorPlace } from '../../thread/mirror.ts';
import { Control } from '../control.ts';
import { PHASE, type Phase } from '../wire.ts';

/** What a thread of a server is at, written to a file at every step: it outlives the process, and the manager reads there which message has killed it. */
export class MirroredControl extends Control {
  readonly #mirror: Mirror;
  /** The file is not ours any more: code of the user has closed its descriptor, this message's as far as is known. */
  readonly #lost: (phase: Phase, seq: number) => void;

  constructor(place: MirrorPlace, lost: (phase: Phase, seq: number) => void) {
    super();
    this.#mirror = new Mirror(this.buffer, place);
    this.#lost = lost;
  }

  override begin(phase: Phase, seq: number, at: number): void {
    super.begin(phase, seq, at);
    this.#write(PHASE.idle, -1);
    this.#mirror.doubt(); // Now the handler runs.
  }

  override end(): void {
    const { phase, seq } = this.current;
    super.end();
    this.#write(phase, seq);
  }

  override doubt(): void {
    this.#mirror.doubt();
  }

  #write(phase: Phase, seq: number): void {
    this.#mirror.write();
    if (this.#mirror.isLost) this.#lost(phase, seq);
  }
}
