import { type Answer, type Item, PHASE, type Phase, QUIET } from '../wire.ts';
import type { ScopePart } from './scope.ts';

/** What is known of the last message of the log, for what it continues with. */
export class LastMessage {
  at: number;
  /** How often it has gone on. */
  parts = 0;
  #answers: readonly Answer[] | undefined;
  #isReplayed = false;

  /** @param at when it came */
  constructor(at: number) {
    this.at = at;
  }

  /** A handler begins: of another message, or of what that one goes on with. */
  begin([, seq, , , at, flags = 0, answers]: Item, phase: Phase): ScopePart {
    if (phase === PHASE.handler) {
      this.at = at;
      this.parts = 0;
      this.#answers = answers;
      this.#isReplayed = (flags & QUIET) !== 0;
    }
    const isOfLog = phase === PHASE.handler || phase === PHASE.continuing;
    return {
      seq,
      part: phase === PHASE.continuing ? this.parts : 0,
      at,
      replaying: this.#isReplayed,
      answers: isOfLog ? this.#answers : undefined,
    };
  }
}
