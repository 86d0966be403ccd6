import { MAX_BUNDLE } from '../../../src/core/wire/control-block.ts';
import { type DoneMessage, FROM_THREAD, type FromThread } from '../../../src/core/wire/wire.ts';
import { Answer, type Start, UNCLONEABLE } from '../checks/truth.ts';
import type { Dice } from './dice.ts';
import type { Home } from './home.ts';
import type { World } from './world.ts';

interface Letter {
  readonly message: FromThread | 'unreadable';
  readonly starts: readonly Start[] | undefined;
  state: 'under way' | 'taken' | 'lost';
}

/** The thread that posts. */
interface Sender {
  readonly alive: boolean;
  readonly threadId: number;
  readonly home: Home;
  /** Executions by bundle and index, until their outcome is posted. */
  readonly starts: Map<number, Start[]>;
}

/** The messages of one thread to the manager: first in first out, unless a fault strikes. */
export class SimLine {
  readonly #world: World;
  readonly #receive: (message: FromThread | 'unreadable') => void;
  #letters: Letter[] = [];
  #lastArrival = 0;
  #held: Letter | undefined;
  /** Nothing that its thread says arrives any more. */
  silent = false;
  /** A report has been overtaken, or cannot be read: those after it may be refused too. */
  #tainted = false;

  constructor(world: World, receive: (message: FromThread | 'unreadable') => void) {
    this.#world = world;
    this.#receive = receive;
  }

  /** @throws {DOMException} if something in it cannot be cloned */
  post(body: Sender, message: FromThread): void {
    if (!body.alive) return;
    const { misbehaving, phase } = this.#world;
    const falls = phase === 'safety' && message[0] === FROM_THREAD.done && misbehaving.fallsSilent();
    if (this.silent || falls) {
      this.#silence(body, message);
      return;
    }
    if (message[0] !== FROM_THREAD.done) {
      this.#queue(message, undefined);
      return;
    }
    if (hasUncloneable(message)) throw new DOMException('a symbol could not be cloned', 'DataCloneError');
    const starts = this.#posted(body, message);
    const { lineDice } = this.#world;
    if (this.#tainted) for (const start of starts) start.mangled = true;
    if (this.#world.strikes('foreign', lineDice)) this.#queue(this.#foreign(message, starts[0]!), undefined);
    if (this.#world.strikes('malformed', lineDice)) this.#queue(malformed(message, lineDice, this.#tainted), undefined);
    if (this.#world.strikes('garbage', lineDice)) this.#queue([99] as never, undefined);
    if (this.#world.strikes('unreadable', lineDice)) {
      // Those after it do not continue what has been read.
      this.#tainted = true;
      for (const start of starts) {
        start.mangled = true;
        start.lostWith = starts.length;
      }
      this.#queue('unreadable', starts);
    } else if (this.#held === undefined && this.#world.strikes('reorder', lineDice)) {
      this.#tainted = true;
      for (const start of starts) start.mangled = true;
      const held: Letter = { message, starts, state: 'under way' };
      this.#held = held;
      this.#world.timeline.arrive(() => this.#letGo(held), lineDice.log(1, 100));
    } else {
      this.#queue(message, starts);
      if (this.#held !== undefined) this.#letGo(this.#held);
    }
    const mumbled = phase === 'safety' ? misbehaving.mumbled(message[1]) : undefined;
    if (mumbled !== undefined) this.#queue(mumbled as never, undefined);
    // What cannot be read is not repeated: its copy would be taken for the next report that cannot be read.
    if (!starts.some(({ mangled }) => mangled) && this.#world.strikes('duplicate', lineDice))
      this.#world.timeline.arrive(() => this.#receive(message), lineDice.log(0.1, 1000));
  }

  #silence(body: Sender, message: FromThread): void {
    if (!this.silent) this.#world.journal.note('fallsSilent', body.threadId);
    this.silent = true;
    if (message[0] !== FROM_THREAD.done) return;
    if (hasUncloneable(message)) throw new DOMException('a symbol could not be cloned', 'DataCloneError');
    for (const start of this.#posted(body, message)) {
      start.mangled = true;
      start.arrived = false;
    }
  }

  latency(dice: Dice): number {
    return this.#world.climate.latency * (0.5 + dice.next());
  }

  /** An answer to what the manager has asked. */
  answer(deliver: () => void): void {
    this.#lastArrival = Math.max(this.#lastArrival, this.#world.timeline.now() + this.latency(this.#world.lineDice));
    this.#world.timeline.arrive(deliver, this.#lastArrival - this.#world.timeline.now());
  }

  /** Delivers what has been sent, at once. */
  poll(): void {
    const letters = this.#letters;
    if (letters.length === 0) return;
    this.#letters = [];
    for (const letter of letters) this.#deliver(letter);
  }

  /** Reports that have not been looked at are lost with their thread. */
  lose(): void {
    for (const letter of this.#letters) {
      if (letter.starts === undefined) continue;
      letter.state = 'lost';
      for (const start of letter.starts) start.mangled = true;
    }
    if (this.#held !== undefined) this.#held.state = 'lost';
  }

  #queue(message: Letter['message'], starts: readonly Start[] | undefined): void {
    this.#send({ message, starts, state: 'under way' });
  }

  #send(letter: Letter): void {
    const { timeline, lineDice } = this.#world;
    this.#letters.push(letter);
    this.#lastArrival = Math.max(this.#lastArrival, timeline.now() + this.latency(lineDice));
    timeline.arrive(() => this.#arrived(letter), this.#lastArrival - timeline.now());
  }

  #letGo(letter: Letter): void {
    if (this.#held !== letter) return;
    this.#held = undefined;
    this.#send(letter);
  }

  #arrived(letter: Letter): void {
    if (letter.state !== 'under way') return;
    const at = this.#letters.indexOf(letter);
    if (at >= 0) this.#letters.splice(at, 1);
    this.#deliver(letter);
  }

  #deliver(letter: Letter): void {
    if (letter.state !== 'under way') return;
    letter.state = 'taken';
    this.#receive(letter.message);
  }

  /** Whose outcomes are on their way now. */
  #posted(body: Sender, [, bundle, from, values]: DoneMessage): Start[] {
    const all = body.starts.get(bundle) ?? [];
    const starts = all.slice(from, from + values.length);
    const now = this.#world.timeline.now();
    for (const start of starts) {
      start.postedAt = now;
      start.arrived = !body.home.remote;
    }
    if (starts.length !== values.length) this.#world.fail(`thread ${body.threadId} reports outcomes of items that it has not run`);
    for (const old of body.starts.keys()) if (old < bundle) body.starts.delete(old);
    return starts;
  }

  /** A report of another bundle, with another task's answer. */
  #foreign([tag, bundle, , , times]: DoneMessage, start: Start): DoneMessage {
    const dice = this.#world.lineDice;
    const number = dice.chance(0.5) ? bundle + 1000 : bundle - 1000;
    return [tag, number, dice.whole(0, 3), [new Answer(start, false)], [times[0]!, times[0]!], undefined];
  }
}

/** @param tainted something before it cannot be read: so a report of later items is what a thread says that has lost the others, and is believed */
function malformed([tag, bundle, from, values, times, failed]: DoneMessage, dice: Dice, tainted: boolean): DoneMessage {
  const stranger = [...(values as unknown[]), 'one too many'];
  switch (dice.whole(0, 3)) {
    case 0:
      return [tag, bundle, from, values, [...times, times[0]!], failed];
    case 1:
      return [tag, bundle, from + (tainted ? MAX_BUNDLE : 100), values, times, failed];
    case 2:
      return [tag, bundle, from - 100, values, times, failed];
    default:
      return [
        tag,
        bundle,
        from,
        [...stranger, ...new Array(MAX_BUNDLE).fill(undefined)],
        [...new Array(MAX_BUNDLE + 1 + stranger.length).fill(0)],
        failed,
      ];
  }
}

function hasUncloneable(message: DoneMessage): boolean {
  for (const value of message[3] as unknown[]) if (value === UNCLONEABLE) return true;
  for (const [, , error] of message[5] ?? []) if ((error as { value?: unknown } | undefined)?.value === UNCLONEABLE) return true;
  return false;
}
