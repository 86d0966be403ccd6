import { whenSettled } from '../../core/foreign/intrinsics.ts';
import { encodeForSure } from '../../core/wire/codec.ts';
import { messageOrFail } from '../content.ts';
import { handling } from '../define/context.ts';
import { isFail } from '../define/marks.ts';
import { type Answer, FROM, type Item, KIND, NO_CONTINUE, OUTCOME, PHASE, type Phase, QUIET, type StateBytes } from '../wire.ts';
import type { ApplierHost } from './applier-host.ts';
import { type Charge, chargeOf } from './charge.ts';
import { copied, HeldState, TAKEN_BACK } from './held-state.ts';
import { ItemQueue } from './item-queue.ts';
import { LastMessage } from './last-message.ts';
import { HandlerTable, type KnownHandler } from './load-server.ts';
import { Reports } from './reports.ts';
import { Runs } from './runs.ts';
import { Scope } from './scope.ts';

/** A handler that takes longer than this, in milliseconds, holds up what came before it no more: that is reported first. */
const SLOW = 0.1;

/**
 * Applies the log to the state, one message after the other. It is the same for a thread that answers callers, for a standby that follows, for a
 * replica that votes, and for a new thread that catches up: they differ only in how far behind the log they are.
 */
export class Applier {
  readonly #host: ApplierHost;
  readonly #table: HandlerTable;
  readonly #reports: Reports;
  readonly #runs: Runs;
  #held: HeldState;
  readonly #queue = new ItemQueue();
  #state: 'idle' | 'running' | 'awaiting' | 'dead' = 'idle';
  #halted = false;
  /** What is being handled: the message, what it is handled by, and what that may know and do. */
  #item: Item | undefined;
  #handler: KnownHandler | undefined;
  #scope: Scope | undefined;
  #phase: Phase = PHASE.idle;
  /** The last message of the log that is in the state. */
  #applied: number;
  readonly #last: LastMessage;
  /** The end of the last message, and the beginning of the next if that follows at once. */
  #clock = 0;

  /** @param at when the last message that is in the state came */
  constructor(host: ApplierHost, held: HeldState, applied: number, at: number) {
    this.#host = host;
    this.#held = held;
    this.#applied = applied;
    this.#last = new LastMessage(at);
    this.#runs = new Runs(host.watches);
    this.#table = new HandlerTable(host.server);
    this.#reports = new Reports((message) => host.post(message), host.reportsWait);
  }

  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** Which message is to blame for the end of the thread. */
  get charge(): Charge | undefined {
    return chargeOf(this.#scope, this.#phase, this.#state === 'awaiting', this.#runs.watches);
  }

  take(items: readonly Item[]): void {
    this.#queue.add(items);
    this.wake();
  }

  wake(): void {
    if (this.#state === 'idle') this.#run();
  }

  answered(seq: number, answer: Answer): void {
    if (this.#scope?.seq === seq) this.#scope.answered(answer);
  }

  /** Sends what there is, before the last words. */
  flush(): void {
    this.#reports.flush();
  }

  #run(): void {
    this.#state = 'running';
    this.#clock = this.#host.now();
    this.#host.control.doubt();
    this.#reports.begin(this.#clock);
    this.#go();
  }

  #go(): void {
    while (this.#state === 'running') {
      // What `continue` has to do comes before any other message.
      if (this.#held.continues.length > 0) this.#continue();
      else {
        const item = this.#queue.next();
        if (item === undefined) this.#state = 'idle';
        else this.#handle(item);
      }
    }
    if (this.#state !== 'dead') this.#reports.flush();
  }

  #handle(item: Item): void {
    const kind = item[0];
    if (kind === KIND.snapshot) this.#snapshot(item[1]);
    else if (kind === KIND.restore) this.#restore(item);
    else if (kind >= KIND.read) this.#perform(item, kind === KIND.read ? PHASE.read : PHASE.other, undefined);
    // What was sent after the server has ended itself is not handled.
    else if (!this.#halted) this.#perform(item, PHASE.handler, kind === KIND.timer ? this.#held.takeTimer(item[2]) : undefined);
  }

  #continue(): void {
    this.#last.parts++;
    this.#perform([KIND.continue, this.#applied, '', undefined, this.#last.at], PHASE.continuing, this.#held.continues.shift());
  }

  /** @param own the message, if it does not stand in the item */
  #perform(item: Item, phase: Phase, own: unknown): void {
    const handler = this.#table.find(item[0], item[2]);
    // A timer that was taken back, or a message for which there is no `info`: it is in the log, and changes nothing.
    if (handler === undefined || own === TAKEN_BACK) {
      this.#done(item, phase, undefined, undefined);
      return;
    }
    if (handler.isSlow) this.#reports.flush();
    const scope = this.#open(item, phase, handler);
    const message = item[0] === KIND.timer || item[0] === KIND.continue ? own : messageOrFail(item[3]);
    if (message !== own && isFail(message)) {
      this.#returned(message);
      return;
    }
    let value: unknown;
    try {
      value = this.#runs.run(handler, scope, this.#held.state, message);
    } catch (error) {
      this.#threw(error);
      return;
    }
    if (this.#runs.isPending) this.#wait(value as PromiseLike<unknown>);
    else this.#returned(value);
  }

  #open(item: Item, phase: Phase, handler: KnownHandler): Scope {
    this.#host.control.begin(phase, item[1], this.#clock);
    this.#item = item;
    this.#handler = handler;
    this.#phase = phase;
    const held = phase === PHASE.read ? undefined : this.#held;
    this.#scope = new Scope(this.#host.around, held, this.#last.begin(item, phase));
    return this.#scope;
  }

  #wait(value: PromiseLike<unknown>): void {
    this.#state = 'awaiting';
    this.#reports.flush();
    const go = (next: () => void): void => {
      if (this.#state !== 'awaiting') return;
      this.#state = 'running';
      next();
      if (this.#state === 'running') this.#go();
    };
    void whenSettled(
      value,
      (settled) => go(() => this.#returned(settled)),
      (error) => go(() => this.#threw(error)),
    );
  }

  #returned(value: unknown): void {
    const [item, scope, phase, handler, began] = [this.#item!, this.#scope!, this.#phase, this.#handler!, this.#clock];
    this.#clock = this.#host.now();
    handler.isSlow = this.#clock - began > SLOW;
    // To copy an object runs its getters: that is its handler's doing still.
    const isObject = typeof value === 'object' && value !== null;
    if (isObject) handling.now = scope;
    else this.#close();
    this.#done(item, phase, scope, value);
    if (isObject) this.#close();
  }

  #close(): void {
    this.#clock = this.#host.now();
    this.#host.control.end();
    this.#runs.ended(this.#scope);
    this.#scope = undefined;
    this.#phase = PHASE.idle;
  }

  #done(item: Item, phase: Phase, scope: Scope | undefined, value: unknown): void {
    const seq = item[1];
    if (phase === PHASE.continuing) {
      if (scope?.continues !== undefined) this.#held.continues.unshift(...scope.continues);
      this.#host.post([FROM.continued, seq, this.#last.parts, scope?.effects ?? []]);
    } else if (phase !== PHASE.handler) {
      this.#report(seq, item[0] === KIND.terminate ? undefined : value, phase === PHASE.read ? undefined : scope?.effects);
    } else {
      const flags = item[5] ?? 0;
      this.#applied = seq;
      if (scope?.continues !== undefined && (flags & NO_CONTINUE) === 0) this.#held.continues.push(...scope.continues);
      if ((flags & QUIET) !== 0) this.#reports.applied(seq);
      else {
        this.#report(seq, value, scope?.effects);
        if (scope?.effects?.some(([what]) => what === 'stop') === true) this.#halted = true;
      }
    }
  }

  #report(seq: number, value: unknown, effects: Scope['effects']): void {
    // It may be a part of the state, which the next message would change before it is sent.
    const isLast = this.#queue.isEmpty && this.#held.continues.length === 0;
    this.#reports.result(seq, value, effects, this.#clock, isLast);
  }

  #snapshot(id: number): void {
    this.#host.control.begin(PHASE.other, this.#applied, this.#clock);
    this.#reports.flush();
    this.#host.post([FROM.snapshot, id, ...copied(this.#held, (state) => this.#host.keep(state))]);
    this.#close();
  }

  /** It was too far behind: messages that it has not applied are in this copy of the state, and in no log any more. */
  #restore([, seq, , bytes, at]: Item): void {
    this.#host.control.begin(PHASE.other, seq, this.#clock);
    try {
      this.#held = HeldState.restore(this.#host.server, bytes as StateBytes);
      this.#applied = seq;
      this.#last.at = at;
      this.#reports.applied(seq);
    } catch (error) {
      this.#host.post([FROM.failed, encodeForSure(error)]);
    }
    this.#close();
  }

  #threw(error: unknown): void {
    const [item, phase] = [this.#item!, this.#phase];
    handling.now = this.#scope;
    const told = encodeForSure(error); // Which may run code of it.
    if (phase !== PHASE.handler && phase !== PHASE.continuing) {
      // What changes nothing harms nothing.
      this.#close();
      this.#reports.add(item[1], OUTCOME.threw, told, undefined, this.#clock);
      return;
    }
    this.#state = 'dead';
    this.#reports.flush();
    this.#host.post([FROM.crashing, item[1], phase, told]);
    this.#host.die();
  }
}
