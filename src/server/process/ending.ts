import { Latch } from '../../core/latch.ts';
import type { ExitReason } from '../../supervision/exit.ts';
import { contentOf } from '../content.ts';
import { ServerError } from '../errors.ts';
import type { Member } from '../members/member.ts';
import { type Effect, KIND } from '../wire.ts';
import type { ServerBody } from './parts.ts';
import { nextId } from './questions.ts';

/**
 * - `open`: messages are taken
 * - `draining`: none is taken any more, those that are there are handled
 * - `terminating`: `terminate` runs
 * - `over`: the threads are being ended, or are
 */
type State =
  | { readonly at: 'open' }
  | { readonly at: 'draining'; readonly reason: ExitReason }
  | { readonly at: 'terminating'; readonly reason: ExitReason; readonly id: number; readonly left: Set<Member> }
  | { readonly at: 'over'; readonly reason: ExitReason };

/** From open to over; the first reason counts, and there is no way back. */
export class Ending {
  readonly #body: ServerBody;
  readonly #exited = new Latch<ExitReason>();
  #state: State = { at: 'open' };
  #wishes: 'open' | 'done' = 'open';

  constructor(body: ServerBody) {
    this.#body = body;
  }

  get state(): State['at'] {
    return this.#state.at;
  }

  get isOpen(): boolean {
    return this.#state.at === 'open';
  }

  get isOver(): boolean {
    return this.#state.at === 'over';
  }

  get exited(): Promise<ExitReason> {
    return this.#exited.promise;
  }

  /** Why nothing is taken any more. */
  refusal(): ServerError {
    const { name } = this.#body.parts;
    const failed = this.#state.at === 'over' && this.#state.reason.kind === 'error' ? this.#state.reason.error : undefined;
    if (failed instanceof ServerError) return failed;
    const what = this.#state.at === 'over' ? 'has stopped' : 'is stopping';
    return new ServerError('ERR_SERVER_STOPPED', `Server ${JSON.stringify(name)} ${what}. Start another one, or have a supervisor do it.`, {
      ...(failed === undefined ? {} : { cause: failed }),
    });
  }

  /** In order: after what is there, within the limit. */
  stop(reason: ExitReason, timeout: number): void {
    if (this.#state.at !== 'open') return;
    this.#state = { at: 'draining', reason };
    const { clock } = this.#body.parts;
    if (timeout !== Number.POSITIVE_INFINITY) {
      const timer = clock.setTimeout(() => this.end(reason), Math.min(timeout, 2 ** 31 - 1));
      timer.ref();
      void this.exited.then(() => clock.clearTimeout(timer));
    }
    this.#body.gate.open(); // What was sent before is handled.
    this.#body.parts.keepAlive.hold();
    void this.exited.then(() => this.#body.parts.keepAlive.release());
    this.#body.flow();
  }

  /** A handler has ended the server: what comes after its message is not handled. */
  byHandler(reason: ExitReason): void {
    if (this.#state.at === 'over' || this.#state.at === 'terminating') return;
    this.stop(reason, 5_000);
    this.#state = { at: 'draining', reason };
    this.#reject();
    this.#terminate();
  }

  /** Whether all that was there is handled. */
  look(): void {
    if (this.#state.at === 'draining' && this.#body.load.messages === 0) this.#terminate();
  }

  /** The answer to `terminate`. What it wanted done is done once, whichever replica says so first. */
  heard(member: Member, id: number, effects: readonly Effect[] | undefined): boolean {
    if (this.#state.at !== 'terminating' || this.#state.id !== id) return false;
    const wanted = this.#wishes === 'open' ? effects : undefined;
    this.#wishes = 'done';
    this.#body.effects.run(wanted ?? []);
    this.gone(member);
    return true;
  }

  /** It will say nothing more. */
  gone(member: Member): void {
    if (this.#state.at !== 'terminating') return;
    this.#state.left.delete(member);
    if (this.#state.left.size === 0) this.end(this.#state.reason);
  }

  /** At once: threads are ended, and all waiting callers are rejected. */
  end(reason: ExitReason): void {
    if (this.#state.at === 'over') return;
    this.#state = { at: 'over', reason };
    this.#reject();
    const { crew, agenda, deadlines, gate, parts } = this.#body;
    parts.keepAlive.hold(); // Until nothing is left: somebody may wait for that.
    gate.open();
    agenda.close();
    deadlines.close();
    void crew
      .close()
      .then(() => parts.keeper.close())
      // What was answered may not be kept: that was no end in order.
      .then(
        () => reason,
        (error: unknown): ExitReason => (isInOrder(reason) ? { kind: 'error', error } : reason),
      )
      .then((last) => {
        this.#exited.open(last);
        parts.keepAlive.release();
        parts.emitter.emit('exit', { reason: last });
      });
  }

  #terminate(): void {
    if (this.#state.at !== 'draining') return;
    const { crew, parts } = this.#body;
    const { reason } = this.#state;
    const left = new Set(crew.voters.filter(({ state }) => state === 'live'));
    if (left.size === 0) {
      // A thread that has just died has a successor, which is waited for within the limit, if the server has something to do at its end.
      if (this.#body.names?.terminates !== true) this.end(reason);
      return;
    }
    if (parts.options.journal !== undefined) this.#body.snapshot(); // So that a later version of the module finds no messages of this one.
    const id = nextId();
    this.#state = { at: 'terminating', reason, id, left };
    for (const member of left) member.asides.push({ id, after: member.cursor, item: [KIND.terminate, id, '', reasonContent(reason), 0] });
    crew.feed();
  }

  #reject(): void {
    const { deadlines, mailbox } = this.#body;
    mailbox.clear();
    for (const pending of deadlines.all()) pending.reject(this.refusal());
  }
}

const isInOrder = ({ kind }: ExitReason): boolean => kind !== 'error' && kind !== 'killed';

/** A reason may hold anything. */
function reasonContent(reason: ExitReason): ReturnType<typeof contentOf> {
  try {
    return contentOf(reason);
  } catch {
    return contentOf({ kind: reason.kind });
  }
}
