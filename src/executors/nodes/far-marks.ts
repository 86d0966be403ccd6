import type { Posted } from './outbox.ts';
import { DOING, type Marks, type ToNode } from './protocol.ts';
import { MARKS_HEAD } from './protocol-check.ts';

interface Sent {
  readonly posted: Posted<ToNode>;
  readonly size: number;
  claimed: number;
  finished: number;
}

/** Bundles that have been reported are remembered for a while, since something may still be asked about them. */
const KEPT = 16;

/** What is known here of a thread on a node: what it was sent, and how far it was when its last message was sent. */
export class FarMarks {
  readonly #sent = new Map<number, Sent>();
  #complete: number[] = [];
  seen = 0;
  /** On the manager's clock. */
  itemStartedAt = 0;
  sending = false;
  loading = false;
  stolen = 0;
  memory: number | undefined;

  sends(bundle: number, posted: Posted<ToNode>, size: number): void {
    this.#sent.set(bundle, { posted, size, claimed: 0, finished: 0 });
  }

  standing(bundle: number): { claimed: number; finished: number } {
    const { claimed, finished } = this.#sent.get(bundle) ?? { claimed: Number.MAX_SAFE_INTEGER, finished: Number.MAX_SAFE_INTEGER };
    return { claimed, finished };
  }

  /** @param ack frames that the node had dealt with when it made the marks */
  take(marks: Marks, ack: number, now: number): void {
    const [, seen, age, doing, stolen, memory] = marks as readonly [number, number, number, number, number, number];
    this.seen = seen;
    this.itemStartedAt = age < 0 ? 0 : now - age;
    this.sending = (doing & DOING.sends) !== 0;
    this.loading = (doing & DOING.loads) !== 0;
    this.stolen = stolen;
    this.memory = memory || undefined;
    const told = new Set<number>();
    for (let i = MARKS_HEAD; i < marks.length; i += 3) {
      const sent = this.#sent.get(marks[i]!);
      told.add(marks[i]!);
      if (sent === undefined) continue;
      sent.claimed = Math.min(marks[i + 1]!, sent.size);
      sent.finished = Math.min(marks[i + 2]!, sent.claimed);
    }
    for (const [bundle, sent] of this.#sent) {
      if (told.has(bundle) || sent.finished === sent.size || (sent.posted.frame ?? Number.POSITIVE_INFINITY) > ack) continue;
      sent.claimed = sent.size;
      sent.finished = sent.size;
      this.#complete.push(bundle);
    }
    while (this.#complete.length > KEPT) this.#sent.delete(this.#complete.shift()!);
  }

  /** Results have come of its items below this one: they may come before the frame that the bundle went in is acknowledged. */
  reported(bundle: number, upTo: number): void {
    const sent = this.#sent.get(bundle);
    if (sent === undefined) return;
    sent.finished = Math.max(sent.finished, Math.min(upTo, sent.size));
    sent.claimed = Math.max(sent.claimed, sent.finished);
  }

  /** The bundle and the item at which it was when its last message was sent. */
  current(): { bundle: number; index: number } | undefined {
    for (const [bundle, { claimed, finished, size }] of this.#sent) {
      if (finished < size && claimed > finished) return { bundle, index: finished };
    }
    return undefined;
  }

  /**
   * No more messages will come. What the node was given may have begun, and what it was not given has not.
   * @param delivered the last frame that it was given
   */
  seal(delivered: number): void {
    for (const sent of this.#sent.values()) {
      // What has not left this program cannot have been received, even if all may have been.
      const { frame } = sent.posted;
      const given = frame !== undefined && frame <= delivered;
      sent.claimed = given ? sent.size : 0;
      if (!given) sent.finished = 0;
    }
  }
}
