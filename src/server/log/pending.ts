import type { From } from '../define/context.ts';

/** Where a call stands among those with the same time-out. */
export interface PendingList {
  settled(pending: Pending): void;
}

let resolveNext!: (value: unknown) => void;
let rejectNext!: (error: unknown) => void;
/** One for all: a closure of its own for each call would cost as much as the promise. */
const take = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  resolveNext = resolve;
  rejectNext = reject;
};

/** Who waits for the answer to a call; settles once. */
export class Pending {
  readonly promise: Promise<unknown>;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #state: 'waiting' | 'settled' = 'waiting';
  /** Since when it waits, and until when: milliseconds on the server's clock. */
  readonly since: number;
  readonly deadline: number;
  readonly timeout: number;
  readonly #list: PendingList;
  /** Neighbours in its list. */
  before: Pending | undefined = undefined;
  after: Pending | undefined = undefined;

  constructor(timeout: number, since: number, deadline: number, list: PendingList) {
    this.timeout = timeout;
    this.since = since;
    this.deadline = deadline;
    this.#list = list;
    this.promise = new Promise(take);
    this.#resolve = resolveNext;
    this.#reject = rejectNext;
  }

  get isSettled(): boolean {
    return this.#state === 'settled';
  }

  /** `false` if it was settled before: the reply comes too late, or a second time. */
  resolve(value: unknown): boolean {
    if (this.#state === 'settled') return false;
    this.#state = 'settled';
    this.#resolve(value); // First: whoever calls again in that turn keeps the program alive by that call.
    this.#list.settled(this);
    return true;
  }

  reject(error: unknown): boolean {
    if (this.#state === 'settled') return false;
    this.#state = 'settled';
    this.#reject(error);
    this.#list.settled(this);
    return true;
  }
}

/** The call that a `From` names. */
export function callOf(from: unknown): From | undefined {
  const { server, call } = (from ?? {}) as Partial<From>;
  return typeof server === 'string' && typeof call === 'number' ? { server, call } : undefined;
}
