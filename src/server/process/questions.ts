import type { ServerTally } from '../../core/servers/server-tally.ts';
import { reviveError } from '../../core/wire/revive.ts';
import type { Message } from '../log/entry.ts';
import type { Log } from '../log/log.ts';
import { Ballots, type Verdict } from '../members/ballots.ts';
import type { Death } from '../members/death.ts';
import { crashed, noQuorum } from '../members/failures.ts';
import type { Member } from '../members/member.ts';
import { KIND, OUTCOME } from '../wire.ts';

interface Question {
  readonly message: Message;
  id: number;
  after: number;
  ballots: Ballots;
  /** Decided; it counts once all messages before it are. */
  verdict: Verdict | undefined;
  crashes: number;
}

export interface QuestionsHost {
  readonly log: Log;
  readonly quorum: number;
  readonly replicas: number;
  readonly retry: number;
  readonly tally: ServerTally;
  voters(): readonly Member[];
  convict(members: readonly Member[]): void;
  wall(): number;
  /** Whether all committed messages before this one survive the end of the program, where there is a journal. */
  isKept(seq: number): boolean;
}

/** Ids of what is not in the log; those of messages are above 0, and -1 is no message. */
let ids = -1;
export const nextId = (): number => --ids;

/** What changes nothing: `read`s, and looks at the state. They are asked between two messages of the log, and asked again when a thread dies. */
export class Questions {
  readonly #host: QuestionsHost;
  readonly #open = new Map<number, Question>();

  constructor(host: QuestionsHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#open.size;
  }

  /** What they hold, in bytes, about. */
  bytes = 0;

  /** Behind all messages that are in the log by now. */
  ask(message: Message): void {
    const question = {
      message,
      id: nextId(),
      after: this.#host.log.end,
      ballots: new Ballots(this.#host.quorum),
      verdict: undefined,
      crashes: 0,
    };
    this.#open.set(question.id, question);
    this.bytes += message.size;
    for (const voter of this.#host.voters()) this.#put(question, voter);
  }

  /** A thread is to vote from now on. Alone, it is asked what its predecessor has left open, at the same place of the log if that is still known. */
  joined(member: Member): void {
    if (this.#host.replicas > 1) {
      this.#again();
      return;
    }
    for (const question of this.#open.values()) this.#put(question, member);
  }

  /** All replicas must be asked at the same place of the log, so all are asked anew. */
  #again(): void {
    for (const question of [...this.#open.values()]) {
      this.#open.delete(question.id);
      question.id = nextId();
      question.after = this.#host.log.end;
      question.ballots = new Ballots(this.#host.quorum);
      question.verdict = undefined;
      this.#open.set(question.id, question);
      for (const voter of this.#host.voters()) this.#put(question, voter);
    }
  }

  heard(member: Member, id: number, verdict: Verdict): void {
    const question = this.#open.get(id);
    if (question === undefined) return;
    const { ballots } = question;
    ballots.cast(member, verdict);
    if (ballots.verdict !== undefined) {
      question.verdict ??= ballots.verdict;
      this.#host.convict(ballots.losers);
      this.settle();
    } else if (ballots.size >= this.#host.replicas) {
      this.#close(question);
      question.message.pending?.reject(noQuorum(question.message.name, ballots));
    }
  }

  /** Answers those whose time has come: the effects of a message that is dropped, or lost with the program in the end, must never be seen. */
  settle(): void {
    const { committed } = this.#host.log;
    for (const question of [...this.#open.values()])
      if (question.verdict !== undefined && question.after <= committed && this.#host.isKept(question.after))
        this.#settle(question, question.verdict);
  }

  /** A message was dropped. Replicas that may have applied it are ended, and what they said counts for nothing. */
  reconsider(): void {
    if (this.#host.replicas > 1) this.#again();
  }

  /** A thread has died at this question. */
  blame(id: number, death: Death): void {
    const question = this.#open.get(id);
    if (question === undefined) return;
    question.crashes++;
    if (death.cause !== 'timeout' && question.crashes < (this.#host.retry + 1) * this.#host.quorum) return;
    this.#close(question);
    question.message.pending?.reject(death.cause === 'threw' ? death.error : crashed(question.message.name, death));
  }

  #put({ id, after, message }: Question, member: Member): void {
    const { kind, name, content } = message;
    member.asides.push({ id, after, item: [kind, id, name, content, this.#host.wall()] });
  }

  #settle(question: Question, { outcome, value }: Verdict): void {
    this.#close(question);
    const { pending, kind } = question.message;
    if (kind === KIND.read) this.#host.tally.message(kind, outcome === OUTCOME.threw ? OUTCOME.fail : outcome);
    if (outcome === OUTCOME.fail || outcome === OUTCOME.threw) pending?.reject(reviveError(value));
    else pending?.resolve(value);
  }

  #close({ id, message }: Question): void {
    if (this.#open.delete(id)) this.bytes -= message.size;
  }
}
