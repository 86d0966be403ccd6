import { soon } from '../../core/soon.ts';
import type { Capacity } from '../executor.ts';
import type { NodeRecord } from './node-record.ts';
import type { NodeThread } from './node-thread.ts';
import type { Session } from './session.ts';

/** Where threads may live: gives a place to those that wait for one, and tells how many there are. */
export class Places implements Capacity {
  readonly #records: () => Iterable<NodeRecord>;
  readonly #waiting = new Set<NodeThread>();
  readonly #watchers: (() => void)[] = [];
  /** The nodes that were there at first have been asked. */
  #known = false;
  /** Nodes whose threads are being given back. */
  #burials = 0;

  constructor(records: () => Iterable<NodeRecord>) {
    this.#records = records;
  }

  get offered(): number {
    let offered = 0;
    for (const session of this.#sessions()) offered += session.offered;
    return offered;
  }

  get largest(): number {
    let largest = 0;
    for (const session of this.#sessions()) largest = Math.max(largest, session.offered);
    return largest;
  }

  get known(): boolean {
    return this.#known;
  }

  get losing(): boolean {
    if (this.#burials > 0) return true;
    for (const { state, threads } of this.#sessions()) if (state === 'leaving' && threads.size > 0) return true;
    return false;
  }

  crowded(home: string): boolean {
    if (this.#waiting.size > 0) return false;
    let here = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const { node, threads, room, state } of this.#sessions()) {
      if (node === home && state === 'open') here = threads.size;
      else if (room > 0) least = Math.min(least, threads.size);
    }
    return here >= least + 2;
  }

  watch(changed: () => void): void {
    this.#watchers.push(changed);
  }

  /** A thread wants a place. */
  await(thread: NodeThread): void {
    this.#waiting.add(thread);
    void soon(() => this.place());
  }

  /** A thread that waits for a place is to end. */
  withdraw(thread: NodeThread): void {
    if (this.#waiting.delete(thread))
      void soon(() => thread.end({ cause: 'exit', exitCode: undefined, error: undefined, blame: { of: 'settled', taskId: -1 } }));
  }

  /** The nodes were looked at. What there is at first is known when none of them still has to answer. */
  looked(): void {
    if (this.#known) return;
    for (const { state } of this.#records()) if (state === 'found' || state === 'joining') return;
    this.#known = true;
    this.changed();
  }

  /** The broker does not answer, so that no place is known. */
  unknown(): void {
    if (this.#known) return;
    this.#known = true;
    this.changed();
  }

  changed(): void {
    for (const changed of this.#watchers) changed();
  }

  /** There may be room that there was not before. */
  opened(): void {
    this.changed();
    this.place();
  }

  /** Threads that wait go where the fewest of the pool live, so that as few as possible go with a node; of such nodes to the one with the most room. */
  place(): void {
    for (const thread of this.#waiting) {
      let best: Session | undefined;
      for (const session of this.#sessions()) if (session.room > 0 && (best === undefined || isBetter(session, best))) best = session;
      if (best === undefined) return;
      this.#waiting.delete(thread);
      best.take(thread);
    }
  }

  /** While a node is being buried, what stands by is kept. */
  async during(burial: Promise<void>): Promise<void> {
    this.#burials++;
    this.changed();
    await burial;
    this.#burials--;
    this.changed();
  }

  *#sessions(): Generator<Session> {
    for (const { session } of this.#records()) if (session !== undefined) yield session;
  }
}

const isBetter = (one: Session, other: Session): boolean =>
  one.threads.size < other.threads.size || (one.threads.size === other.threads.size && one.room > other.room);
