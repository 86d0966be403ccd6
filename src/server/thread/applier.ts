import { isPending, whenSettled } from '../../core/foreign/intrinsics.ts';
import { type Encoded, encodeForSure } from '../../core/wire/codec.ts';
import type { ExitReason } from '../../supervision/exit.ts';
import { messageOf } from '../content.ts';
import { storage } from '../define/context.ts';
import { type Answer, FROM, type Item, KIND, NO_CONTINUE, OUTCOME, type Outcome, PHASE, type Phase, QUIET } from '../wire.ts';
import type { ApplierHost } from './applier-host.ts';
import { type HeldState, TAKEN_BACK } from './held-state.ts';
import { ItemQueue } from './item-queue.ts';
import { HandlerTable } from './load-server.ts';
import { outcomeOf } from './outcome.ts';
import { Reports } from './reports.ts';
import { Scope } from './scope.ts';

/**
 * Applies the log to the state, one message after the other. It is the same for a thread that answers callers, for a standby that follows, for a
 * replica that votes, and for a new thread that catches up: they differ only in how far behind the log they are.
 */
export class Applier {
  readonly #host: ApplierHost;
  readonly #table: HandlerTable;
  readonly #reports: Reports;
  #held: HeldState;
  readonly #queue = new ItemQueue();
  #state: 'idle' | 'running' | 'awaiting' | 'dead' = 'idle';
  #halted = false;
  #scope: Scope | undefined;
  #phase: Phase = PHASE.idle;
  /** The last message of the log that is in the state. */
  #applied: number;
  /** Of that message, for what it continues with. */
  #last: { readonly at: number; readonly answers: readonly Answer[] | undefined; readonly replaying: boolean; parts: number };

  /** @param at when the last message that is in the state came */
  constructor(host: ApplierHost, held: HeldState, applied: number, at: number) {
    this.#host = host;
    this.#held = held;
    this.#applied = applied;
    this.#last = { at, answers: undefined, replaying: false, parts: 0 };
    this.#table = new HandlerTable(host.server);
    this.#reports = new Reports((message) => host.post(message), host.now);
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** What is being handled, for last words. */
  get current(): { readonly seq: number; readonly phase: Phase } | undefined {
    return this.#scope === undefined ? undefined : { seq: this.#scope.seq, phase: this.#phase };
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
    while (this.#state === 'running') {
      // What `continue` has to do comes before any other message.
      if (this.#held.continues.length > 0) this.#continue();
      else {
        const item = this.#queue.next();
        if (item === undefined) this.#state = 'idle';
        else this.#handle(item);
      }
    }
    if (this.isDead) return;
    this.#reports.flush();
    if (this.#state === 'idle') this.#host.idle();
  }

  #handle(item: Item): void {
    const [kind, seq, name, content] = item;
    if (kind >= KIND.read) {
      this.#aside(item);
      return;
    }
    if (this.#halted) return; // The server has ended itself: what was sent after that is not handled.
    const message = kind === KIND.timer ? this.#held.takeTimer(name) : messageOf(content);
    const handler = this.#table.find(kind, name);
    // A timer that was taken back, or a message for which there is no `info`: it is in the log, and changes nothing.
    if (handler === undefined || message === TAKEN_BACK) {
      this.#done(item, undefined, OUTCOME.reply, undefined);
      return;
    }
    const scope = this.#open(item, PHASE.handler);
    this.#call(
      scope,
      () => handler(this.#held.state, message),
      (value) => this.#done(item, scope, ...outcomeOf(value)),
      (error) => this.#threw(seq, PHASE.handler, error),
    );
  }

  #open([, seq, , , at, flags = 0, answers]: Item, phase: Phase): Scope {
    this.#host.control.begin(phase, seq, this.#host.now());
    this.#phase = phase;
    if (phase === PHASE.handler) this.#last = { at, answers, replaying: (flags & QUIET) !== 0, parts: 0 };
    const { parts, replaying } = this.#last;
    const known = phase === PHASE.handler || phase === PHASE.continuing ? this.#last.answers : undefined;
    const part = phase === PHASE.continuing ? parts : 0;
    this.#scope = new Scope(this.#host.around, phase === PHASE.read ? undefined : this.#held, { seq, part, at, replaying, answers: known });
    return this.#scope;
  }

  #done([, seq, , , , flags = 0]: Item, scope: Scope | undefined, outcome: Outcome, value: unknown): void {
    this.#close();
    this.#applied = seq;
    if (scope !== undefined && scope.continues.length > 0 && (flags & NO_CONTINUE) === 0) this.#held.continues.push(...scope.continues);
    if ((flags & QUIET) !== 0) {
      this.#reports.applied(seq);
      return;
    }
    this.#reports.add([seq, outcome, value, scope?.effects]);
    if (scope?.effects?.some(([what]) => what === 'stop') === true) this.#halted = true;
  }

  #close(): void {
    this.#host.control.end();
    this.#scope = undefined;
    this.#phase = PHASE.idle;
  }

  #continue(): void {
    this.#reports.flush(); // The reply is not held up by the work that follows it.
    const message = this.#held.continues.shift();
    const seq = this.#applied;
    this.#last.parts++;
    const scope = this.#open([KIND.info, seq, '', undefined, this.#last.at], PHASE.continuing);
    const { server } = this.#host;
    this.#call(
      scope,
      () => server.continue?.(this.#held.state, message),
      () => {
        this.#close();
        this.#held.continues.unshift(...scope.continues);
        this.#host.post([FROM.continued, seq, this.#last.parts, scope.effects ?? []]);
      },
      (error) => this.#threw(seq, PHASE.continuing, error),
    );
  }

  /** What is not in the log. */
  #aside(item: Item): void {
    const [kind, id, name, content] = item;
    if (kind === KIND.snapshot) {
      this.#snapshot(id);
      return;
    }
    const scope = this.#open(item, kind === KIND.read ? PHASE.read : PHASE.other);
    const settle = (outcome: Outcome, value: unknown): void => {
      this.#close();
      this.#reports.add([id, outcome, value, kind === KIND.read ? undefined : scope.effects]);
    };
    const { server } = this.#host;
    const act = (): unknown => {
      if (kind === KIND.look) return this.#held.state;
      if (kind === KIND.terminate) return server.terminate?.(this.#held.state, messageOf(content) as ExitReason);
      return this.#table.find(kind, name)?.(this.#held.state, messageOf(content));
    };
    this.#call(
      scope,
      act,
      (value) => settle(...outcomeOf(kind === KIND.terminate ? undefined : value)),
      (error) => settle(OUTCOME.threw, encodeForSure(error)),
    );
  }

  #snapshot(id: number): void {
    this.#host.control.begin(PHASE.other, this.#applied, this.#host.now());
    this.#reports.flush();
    let bytes: SharedArrayBuffer | undefined;
    let error: Encoded | undefined;
    try {
      bytes = this.#held.snapshot();
    } catch (thrown) {
      error = encodeForSure(thrown);
    }
    this.#host.post([FROM.snapshot, id, bytes, error]);
    this.#host.control.end();
  }

  #call(scope: Scope, act: () => unknown, returned: (value: unknown) => void, threw: (error: unknown) => void): void {
    let value: unknown;
    let pending: boolean;
    try {
      value = storage.run(scope, act);
      pending = isPending(value);
    } catch (error) {
      threw(error);
      return;
    }
    if (!pending) {
      returned(value);
      return;
    }
    this.#state = 'awaiting';
    this.#reports.flush();
    const go = (next: () => void): void => {
      if (this.#state !== 'awaiting') return;
      this.#state = 'running';
      next();
      if (this.#state === 'running') this.#run();
    };
    void whenSettled(
      value as PromiseLike<unknown>,
      (settled) => go(() => returned(settled)),
      (error) => go(() => threw(error)),
    );
  }

  #threw(seq: number, phase: Phase, error: unknown): void {
    this.#state = 'dead';
    this.#reports.flush();
    this.#host.post([FROM.crashing, seq, phase, encodeForSure(error)]);
    this.#host.die();
  }
}
