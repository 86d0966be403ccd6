import { encodeForSure } from '../../core/wire/codec.ts';
import { contentOf } from '../content.ts';
import { ServerError } from '../errors.ts';
import type { Entry } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import { Ballots } from '../members/ballots.ts';
import type { Member } from '../members/member.ts';
import { type Answer, type Content, type FROM, type FromThread, OUTCOME } from '../wire.ts';
import { existing, type Neighbour } from './registry.ts';

type Ask = Extract<FromThread, readonly [typeof FROM.ask, ...unknown[]]>;

export interface AsksHost {
  readonly log: Log;
  readonly quorum: number;
  readonly self: Neighbour;
  members(): readonly Member[];
}

/** Calls of handlers to other servers. Each is made once, when enough replicas want it, and its answer is kept with the message that it belongs to. */
export class Asks {
  readonly #host: AsksHost;
  /** Ballots of replicas that do not agree yet, by message and number of the call. */
  readonly #wanted = new Map<string, Ballots>();

  constructor(host: AsksHost) {
    this.#host = host;
  }

  heard(member: Member, [, seq, n, server, name, content, timeout]: Ask): void {
    const entry = this.#host.log.get(seq);
    if (entry === undefined) {
      member.answer(
        seq,
        failed(n, new ServerError('ERR_SERVER_CYCLE', 'init called another server. Call it in continue, or from outside.')),
      );
      return;
    }
    const known = entry.answers?.find((answer) => answer[0] === n);
    if (known !== undefined) {
      member.answer(seq, known);
      return;
    }
    entry.asked ??= new Set();
    if (entry.asked.has(n) || !this.#isWanted(member, `${seq}.${n}`, [server, name, content, timeout])) return;
    entry.asked.add(n);
    void this.#call(entry, n, server, name, content, timeout).then((answer) => {
      entry.asked?.delete(n);
      this.#host.log.answered(entry, answer);
      for (const one of this.#host.members()) one.answer(seq, answer);
    });
  }

  #isWanted(member: Member, key: string, order: readonly unknown[]): boolean {
    if (this.#host.quorum === 1) return true;
    const ballots = this.#wanted.get(key) ?? new Ballots(this.#host.quorum);
    this.#wanted.set(key, ballots);
    ballots.cast(member, { outcome: OUTCOME.reply, value: order, effects: undefined });
    if (ballots.verdict === undefined) return false;
    this.#wanted.delete(key);
    return true;
  }

  async #call(entry: Entry, n: number, server: string, name: string, content: Content, timeout: number | undefined): Promise<Answer> {
    const { self } = this.#host;
    const chain = [...entry.message.chain, self.id];
    try {
      const target = existing(server);
      if (chain.includes(target.id)) {
        const advice = 'They would wait for each other. Use cast, or reply later.';
        throw new ServerError(
          'ERR_SERVER_CYCLE',
          `Server ${JSON.stringify(self.name)} called ${JSON.stringify(server)}, which waits for it. ${advice}`,
        );
      }
      return [n, contentOf(await target.callFrom(chain, name, content, { timeout })), false];
    } catch (error) {
      return failed(n, error);
    }
  }
}

function failed(n: number, error: unknown): Answer {
  return [n, contentOf(encodeForSure(error)), true];
}
