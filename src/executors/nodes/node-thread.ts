import type { Clock } from '../../core/clock.ts';
import type { Attempt } from '../../core/task.ts';
import { fromBytes, toBytes } from '../../core/wire/bytes.ts';
import { reviveError } from '../../core/wire/revive.ts';
import type { Blame, Domain, ExecutorThread, Exit, ThreadEvents } from '../executor.ts';
import { pack, type Standards } from '../pack.ts';
import type { FromCell } from '../processes/protocol.ts';
import { relay } from '../processes/relay.ts';
import { FarMarks } from './far-marks.ts';
import type { Outbox } from './outbox.ts';
import type { FromNode, Marks, ToNode } from './protocol.ts';

/** Where a thread lives. */
export interface Home {
  readonly node: string;
  readonly outbox: Outbox<ToNode>;
  readonly domain: Domain;
  /** Whether the broker answers, and so messages of the node can arrive. */
  readonly reachable: boolean;
  convicted(): void;
}

export interface FarSettings extends Standards {
  readonly maxPayload: number;
  readonly assigns: boolean;
}

type State =
  | { readonly is: 'waiting' }
  | { readonly is: 'starting' | 'ready'; readonly home: Home }
  | { readonly is: 'exited'; readonly home: Home | undefined };

/** A worker thread on another machine. */
export class NodeThread implements ExecutorThread {
  threadId = -1;
  /** Unique in the pool. */
  readonly number: number;
  readonly #clock: Clock;
  readonly #settings: FarSettings;
  readonly #events: ThreadEvents;
  /** It is to end before it has a place. */
  readonly #withdraw: (thread: NodeThread) => void;
  readonly #marks = new FarMarks();
  readonly #revoked = new Map<number, (claimed: number) => void>();
  readonly #asked: (() => void)[] = [];
  #state: State = { is: 'waiting' };
  /** Its node leaves. */
  #leaves = false;

  constructor(number: number, clock: Clock, settings: FarSettings, events: ThreadEvents, withdraw: (thread: NodeThread) => void) {
    this.number = number;
    this.#clock = clock;
    this.#settings = settings;
    this.#events = events;
    this.#withdraw = withdraw;
  }

  get waiting(): boolean {
    return this.#state.is === 'waiting' || this.#home?.reachable === false;
  }

  get home(): string | undefined {
    return this.#home?.node;
  }

  get domain(): Domain | undefined {
    return this.#home?.domain;
  }

  get seen(): number {
    return this.#marks.seen;
  }

  get itemStartedAt(): number {
    return this.#marks.itemStartedAt;
  }

  get sending(): boolean {
    return this.#marks.sending;
  }

  get loading(): boolean {
    return this.#marks.loading;
  }

  get memory(): number | undefined {
    return this.#marks.memory;
  }

  stolen(): number {
    return this.#marks.stolen;
  }

  /** It has a place: its start begins. */
  place(home: Home): void {
    this.#state = { is: 'starting', home };
    home.outbox.post({ do: 'start', thread: this.number });
    this.#events.placed?.();
  }

  send(bundle: number, attempts: readonly Attempt[]): void {
    const { ids, inputs, metas } = pack(attempts, this.#settings, -this.#clock.now()); // Remainders travel, and no times.
    const body = toBytes(inputs);
    const { maxPayload } = this.#settings;
    if (body.byteLength > maxPayload)
      throw new RangeError(`it has ${body.byteLength} bytes, and nodes.maxPayload is ${maxPayload}. Raise it, or pass a reference`);
    const posted = this.#home!.outbox.post({ do: 'run', thread: this.number, bundle, ids, metas }, body);
    this.#marks.sends(bundle, posted, attempts.length);
  }

  revoke(bundle: number, answer: (claimed: number) => void): void {
    this.#revoked.set(bundle, answer);
    this.#home?.outbox.post({ do: 'revoke', thread: this.number, bundle });
  }

  standing(bundle: number): { claimed: number; finished: number } {
    return this.#marks.standing(bundle);
  }

  /** What comes over a network cannot be read ahead of the event loop: it is asked for, by `ask`. */
  poll(): void {}

  ask(answer: () => void): void {
    this.#asked.push(answer);
    this.#home?.outbox.post({ do: 'ask', thread: this.number });
  }

  abort(bundle: number, index: number): void {
    this.#home?.outbox.post({ do: 'abort', thread: this.number, bundle, index });
  }

  assign(slot: number, generation: number): void {
    if (this.#settings.assigns) this.#home?.outbox.post({ do: 'assign', thread: this.number, slot, generation });
  }

  tearDown(): void {
    this.#home?.outbox.post({ do: 'tearDown', thread: this.number });
  }

  terminate(): void {
    if (this.#state.is === 'waiting') this.#withdraw(this);
    else this.#home?.outbox.post({ do: 'terminate', thread: this.number });
  }

  convicted(): void {
    this.#home?.convicted();
  }

  /** Its node is lost. What it had is given back when it is known what the node was given. */
  lost(): void {
    this.#events.lost?.();
  }

  /** Its node leaves. One that is starting yet has nothing to end: it goes as soon as it is ready. */
  leaving(): void {
    this.#leaves = true;
    this.#events.leaving?.();
  }

  marked(marks: Marks, ack: number): void {
    if (this.#state.is !== 'exited') this.#marks.take(marks, ack, this.#clock.now());
  }

  receive(message: Extract<FromNode, { thread: number }>, body: Uint8Array | undefined): void {
    if (this.#state.is === 'exited') return;
    switch (message.tell) {
      case 'started':
        this.threadId = message.threadId;
        break;
      case 'ready':
        if (this.#state.is === 'starting') this.#state = { is: 'ready', home: this.#state.home };
        this.#events.ready();
        if (this.#leaves) this.#events.leaving?.();
        break;
      case 'done':
        this.#done(message, body);
        break;
      case 'revoked':
        this.#revoked.get(message.bundle)?.(message.claimed);
        this.#revoked.delete(message.bundle);
        break;
      case 'answer':
        this.#asked.shift()?.();
        break;
      case 'exited':
        this.end({ ...message.exit, error: message.exit.error && reviveError(message.exit.error) });
        break;
      case 'memory': // It is the machine's of its node, and counted there.
        break;
      default:
        relay(message, this.#events);
    }
  }

  /** Its node is lost. @param delivered the last frame that it was given */
  nodeLost(node: string, error: Error, delivered: number): void {
    const current = this.#marks.current();
    this.#marks.seal(delivered);
    // What was seen running is to blame, as far as anybody is. What may have begun is not.
    const blame: Blame = current === undefined ? { of: 'settled', taskId: -1 } : { of: 'item', ...current };
    this.end({ cause: 'node', exitCode: undefined, node, error, blame });
  }

  end(exit: Exit): void {
    if (this.#state.is === 'exited') return;
    this.#state = { is: 'exited', home: this.#home };
    this.#events.exited(exit);
  }

  get #home(): Home | undefined {
    return this.#state.is === 'waiting' ? undefined : this.#state.home;
  }

  #done({ bundle, from, times: ages, notes }: Extract<FromCell, { tell: 'done' }>, body: Uint8Array | undefined): void {
    let values: readonly unknown[];
    try {
      values = fromBytes(body ?? new Uint8Array()) as readonly unknown[];
      if (!Array.isArray(values)) throw new TypeError('The values of a report are a list.');
    } catch {
      this.#events.unreadable();
      this.#events.accounted(bundle, from + ages.length - 1);
      return;
    }
    const now = this.#clock.now();
    this.#marks.reported(bundle, from + values.length);
    this.#events.done(
      bundle,
      from,
      values,
      ages.map((age) => now + age),
      notes,
    );
  }
}
