import { Latch } from '../../core/latch.ts';
import { reviveError } from '../../core/wire/revive.ts';
import { exhausted, ServerError } from '../errors.ts';
import type { Death } from '../members/death.ts';
import { startError } from '../members/failures.ts';
import type { Member } from '../members/member.ts';
import { FROM, type FromThread, type Names, PHASE, type Report } from '../wire.ts';
import type { Asks } from './asks.ts';
import type { Ending } from './ending.ts';
import type { Judgement } from './judgement.ts';
import type { ServerBody } from './parts.ts';
import type { Questions } from './questions.ts';
import type { Snapshots } from './snapshots.ts';

type Ready = Extract<FromThread, readonly [typeof FROM.ready, ...unknown[]]>;

export interface HearingHost {
  readonly body: ServerBody;
  readonly createdAt: number;
  readonly ending: Ending;
  readonly judgement: Judgement;
  readonly questions: Questions;
  readonly snapshots: Snapshots;
  readonly asks: Asks;
  loaded(names: Names): void;
}

/** Takes what threads say to where it belongs, and what they died of. */
export class Hearing {
  readonly #host: HearingHost;
  /** Opened once the server can be called, or will never be. */
  readonly begun: Latch<Error | undefined> = new Latch();
  /** A thread has died, and it could not be told of what. Nobody was charged; the next threads are to know. */
  hasDoubted = false;
  #startFailure: unknown;

  constructor(host: HearingHost) {
    this.#host = host;
  }

  message(member: Member, message: FromThread): void {
    const { judgement, snapshots, asks, ending, body } = this.#host;
    switch (message[0]) {
      case FROM.reports:
        for (const report of message[1]) this.#reported(member, report);
        body.flow();
        break;
      case FROM.report:
        this.#reported(member, [message[1], message[2], message[3], message[4]]);
        body.flow();
        break;
      case FROM.applied:
        if (message[1] < member.cursor) member.applied = message[1];
        body.flow();
        break;
      case FROM.ready:
        this.#ready(member, message);
        break;
      case FROM.snapshot:
        member.asked.delete(message[1]);
        snapshots.heard(member, message[1], message[2], message[3]);
        break;
      case FROM.ask:
        asks.heard(member, message);
        break;
      case FROM.continued:
        if (member.role === 'voter') judgement.continuations.heard(member, message[1], message[2], message[3]);
        body.flow(); // A replica may have waited for that vote.
        break;
      case FROM.ignored:
        if (member.state !== 'starting') break; // That is the word of init, and of nobody else.
        this.begun.open(new ServerError('ERR_SERVER_IGNORED', 'init has said that there is nothing to run.'));
        ending.end({ kind: 'normal' });
        break;
      case FROM.failed:
        this.#startFailure = reviveError(message[1]);
        member.end('start');
        break;
    }
  }

  /** A standby has nothing to say of a message, and no thread of one that it was not given. */
  #reported(member: Member, report: Report): void {
    const seq = report[0];
    if (seq > 0) {
      if (member.role === 'voter' && seq < member.cursor) this.#host.judgement.heard(member, report);
    } else if (member.asked.delete(seq)) this.#answered(member, report);
  }

  /** Before another takes its place: a message that has killed it may be dropped by this. */
  died(member: Member, death: Death): void {
    const { body, ending, judgement, questions, snapshots } = this.#host;
    const { emitter, options } = body.parts;
    const { cause, seq, phase, lived } = death;
    snapshots.abandon(member);
    ending.gone(member);
    const message = seq < -1 || phase === PHASE.idle ? undefined : body.log.get(seq)?.message.name;
    const error = this.#causeOf(death);
    emitter.emit('threadExit', { threadId: member.threadId, pid: member.pid, role: member.role, reason: cause, message, error });
    if (!this.begun.isOpen && body.names === undefined) {
      this.begun.open(startError(death, error, options.startTimeout));
      ending.end({ kind: 'error', error });
      return;
    }
    if (phase === PHASE.doubtful) this.hasDoubted = true;
    else if (member.role === 'voter' && lived && phase !== PHASE.idle) {
      if (seq < -1) questions.blame(seq, death);
      else judgement.blame(member, death);
    }
    body.flow();
  }

  /** Threads die too often. */
  exhausted(death: Death): void {
    const { parts } = this.#host.body;
    const { restart, replicas } = parts.options;
    const limits = { intensity: restart.intensity * replicas, within: restart.within };
    const error = exhausted(parts.name, limits, death.cause, this.#causeOf(death));
    this.begun.open(error);
    this.#host.ending.end({ kind: 'error', error });
  }

  #causeOf({ cause, error }: Death): unknown {
    return cause === 'start' ? (this.#startFailure ?? error) : error;
  }

  #answered(member: Member, [id, outcome, value, effects]: Report): void {
    if (!this.#host.ending.heard(member, id, effects)) this.#host.questions.heard(member, id, { outcome, value, effects });
  }

  #ready(member: Member, [, first, effects, names]: Ready): void {
    if (member.state !== 'starting') return; // It says so once.
    const { body, createdAt } = this.#host;
    const { parts, log, crew } = body;
    const { emitter, keeper, options } = parts;
    member.opened();
    this.#host.loaded(names);
    if (log.snapshot === undefined && effects !== undefined) body.effects.run(effects);
    if (log.snapshot === undefined && first !== undefined) {
      // All others begin with the state that this one has made.
      log.snapshot = { seq: log.committed, bytes: first, at: createdAt };
      keeper.snapshot(log.snapshot);
    }
    emitter.emit('threadReady', { threadId: member.threadId, pid: member.pid, role: member.role, messages: log.end - member.cursor });
    crew.fill();
    const { voters } = crew;
    if (voters.length === options.replicas && voters.every(({ state }) => state === 'live')) this.begun.open(undefined);
    body.flow();
  }
}
