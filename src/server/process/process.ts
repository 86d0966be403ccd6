import { soon } from '../../core/soon.ts';
import type { ExitReason } from '../../supervision/exit.ts';
import { Deadlines } from '../log/deadlines.ts';
import type { Entry, Message } from '../log/entry.ts';
import { Log, type LogSnapshot } from '../log/log.ts';
import { Mailbox } from '../log/mailbox.ts';
import type { Verdict } from '../members/ballots.ts';
import { Crew } from '../members/crew.ts';
import { tookOver } from '../members/failures.ts';
import { type Member, WINDOW } from '../members/member.ts';
import { DROPPED, type Effect, KIND, type Names } from '../wire.ts';
import { Agenda } from './agenda.ts';
import { Asks } from './asks.ts';
import { Effects } from './effects.ts';
import { Ending } from './ending.ts';
import { Entrance } from './entrance.ts';
import { Gate } from './gate.ts';
import { Hearing } from './hearing.ts';
import { Judgement } from './judgement.ts';
import { Keeping } from './keeper.ts';
import type { Load, ServerBody, ServerParts } from './parts.ts';
import { Questions } from './questions.ts';
import { Recent } from './recent.ts';
import { NEVER, Snapshots } from './snapshots.ts';
import { threadInit } from './thread-init.ts';
import { Vigil } from './vigil.ts';

/**
 * A server as its program sees it, joined from its parts. Messages go from the mailbox into the log, the log goes to the threads, what they say of a
 * message is judged, and what was decided is kept, answered and done, in order.
 */
export class ServerProcess implements ServerBody {
  readonly parts: ServerParts;
  readonly log: Log;
  readonly mailbox: Mailbox = new Mailbox();
  readonly crew: Crew;
  readonly deadlines: Deadlines;
  readonly agenda: Agenda;
  readonly effects: Effects;
  readonly questions: Questions;
  readonly ending: Ending;
  readonly entrance: Entrance;
  readonly recent: Recent;
  readonly gate: Gate = new Gate();
  readonly #keeping = new Keeping();
  readonly #judgement: Judgement;
  readonly #snapshots: Snapshots;
  readonly #hearing: Hearing;
  readonly #createdAt: number;
  names: Names | undefined;
  #flow: 'still' | 'due' = 'still';
  readonly #flowed = (): void => {
    this.#flow = 'still';
    this.#move();
  };
  readonly #vigil: Vigil;

  constructor(parts: ServerParts) {
    const { options, clock, kept, emitter } = parts;
    this.parts = parts;
    this.#createdAt = clock.wall();
    this.log = kept === undefined ? new Log() : Log.of(kept.snapshot, kept.entries);
    this.recent = new Recent(options.keep);
    const late = (): void => this.effects.forget();
    this.deadlines = new Deadlines(clock, parts.tally, late, () => this.flow());
    this.#vigil = new Vigil(parts.keepAlive, this.deadlines);
    this.agenda = new Agenda(clock, (message) => this.put(message));
    this.ending = new Ending(this);
    this.entrance = new Entrance(this, this.ending);
    this.effects = new Effects({
      id: parts.id,
      tally: parts.tally,
      agenda: this.agenda,
      late: (seq) => emitter.emit('lateReply', { seq }),
      stopped: (error, abnormal) => this.ending.byHandler(abnormal ? { kind: 'error', error } : { kind: 'normal' }),
    });
    const bench = this.#bench();
    this.questions = new Questions(bench);
    this.#judgement = new Judgement(bench);
    this.#snapshots = new Snapshots(bench);
    this.#hearing = new Hearing({
      body: this,
      createdAt: this.#createdAt,
      ending: this.ending,
      judgement: this.#judgement,
      questions: this.questions,
      snapshots: this.#snapshots,
      asks: new Asks({ ...bench, self: this.entrance }),
      loaded: (names) => {
        this.names = names;
      },
    });
    this.crew = this.#makeCrew();
    for (const timer of kept?.timers ?? []) this.agenda.restore(timer);
  }

  /** Resolves when the server can be called; rejects if it cannot start. */
  async begin(): Promise<void> {
    this.parts.keepAlive.hold();
    this.crew.begin();
    void this.exited.then(() => this.#hearing.begun.open(this.ending.refusal())); // Its journal may fail before.
    const failure = await this.#hearing.begun.promise;
    this.parts.keepAlive.release();
    if (failure !== undefined) throw failure;
  }

  put(message: Message): void {
    if (this.ending.isOver) return;
    if (message.kind === KIND.look && this.gate.isShut) this.questions.ask(message);
    else this.mailbox.put(message);
    this.flow();
  }

  /** What was put in during one turn travels together. */
  flow(): void {
    if (this.#flow === 'due') return;
    this.#flow = 'due';
    void soon(this.#flowed);
  }

  get load(): Load {
    const { mailbox, log, questions } = this;
    return { messages: mailbox.length + log.open + questions.size, bytes: mailbox.bytes + log.openBytes + questions.bytes };
  }

  snapshot(): void {
    this.#snapshots.consider(true);
  }

  /** How the server has ended, once it has. */
  get exited(): Promise<ExitReason> {
    return this.ending.exited;
  }

  #move(): void {
    const { log, mailbox, parts } = this;
    this.#vigil.look();
    if (mailbox.length > 0 && !this.gate.isShut) {
      const wall = parts.clock.wall();
      while (log.open < WINDOW) {
        const message = mailbox.take();
        if (message === undefined) break;
        if (message.pending?.isSettled === true) continue; // Its caller has stopped waiting, so it never runs.
        if (message.kind < KIND.read) log.append(message, wall);
        else this.questions.ask(message);
      }
    }
    // Where nothing is replayed, what was answered is never needed again.
    if (parts.options.recover === 'init') this.crew.trim();
    if (this.questions.size > 0) this.questions.settle();
    this.crew.feed();
    this.gate.look(log.open);
    this.ending.look();
  }

  /** What those who judge have in common. */
  #bench() {
    const { options, clock, tally, kept, keeper } = this.parts;
    return {
      tally,
      log: this.log,
      quorum: Math.floor(options.replicas / 2) + 1,
      replicas: options.replicas,
      standby: options.standby,
      retry: options.retry,
      handlerTimeout: options.handlerTimeout,
      ...(options.recover === 'replay' ? { every: options.snapshotEvery, everyBytes: options.maxLogBytes } : NEVER),
      voters: () => this.crew.voters,
      standbys: () => this.crew.standbys,
      members: () => this.crew.members,
      wall: () => clock.wall(),
      isKept: (seq: number) => this.#keeping.isKept(seq),
      convict: (members: readonly Member[]) => this.#convict(members),
      committed: (entry: Entry, verdict: Verdict) => this.#committed(entry, verdict),
      dropped: (entry: Entry) => this.#dropped(entry),
      continued: kept?.continued ?? ([0, 0] as const),
      wentOn: (seq: number, part: number, effects: readonly Effect[]) =>
        keeper.continued(seq, part, effects, () => this.effects.run(effects)),
      undo: (seq: number) => this.#undo(seq),
      installed: (snapshot: LogSnapshot) => this.#installed(snapshot),
      failed: (error: unknown) => this.parts.emitter.emit('snapshotFailed', { error }),
    };
  }

  #makeCrew(): Crew {
    const { options, clock, threads, emitter } = this.parts;
    return new Crew({
      options,
      log: this.log,
      clock,
      threads,
      init: (replica) => threadInit(this.parts, this.log.snapshot, this.#createdAt, replica, this.#hearing.hasDoubted),
      hasThrown: (seq, replica) => this.#judgement.hasThrown(seq, replica),
      events: {
        message: (member, message) => this.#hearing.message(member, message),
        died: (member, death) => this.#hearing.died(member, death),
        exhausted: (death) => this.#hearing.exhausted(death),
        joined: (member) => this.questions.joined(member),
        tookOver: (next, dead, ms) => emitter.emit('takeOver', { ...tookOver(next, dead), ms }),
      },
    });
  }

  #committed(entry: Entry, verdict: Verdict): void {
    this.#keeping.given(entry.seq);
    this.parts.keeper.committed(entry, verdict, this.#kept);
    this.#snapshots.consider();
  }

  /** From here on its effects may be seen. */
  readonly #kept = (entry: Entry, verdict: Verdict): void => {
    this.#keeping.kept(entry.seq);
    if (entry.message.kind === KIND.timer) this.agenda.done(entry.message.name);
    this.recent.add(entry, verdict);
    this.effects.reply(entry, verdict);
    if (verdict.effects !== undefined) this.effects.run(verdict.effects);
    if (this.questions.size > 0) this.flow(); // One may have waited for this.
  };

  #dropped(entry: Entry): void {
    this.parts.tally.message(entry.message.kind, DROPPED);
    this.parts.emitter.emit('dropped', { seq: entry.seq, name: entry.message.name });
    if (entry.message.kind === KIND.timer) this.agenda.done(entry.message.name);
    this.parts.keeper.dropped(entry);
    this.#undo(entry.seq);
  }

  #undo(seq: number): void {
    this.#snapshots.abandon();
    this.questions.reconsider();
    this.crew.taint(seq);
  }

  #installed(snapshot: LogSnapshot): void {
    const { keeper, emitter, options } = this.parts;
    this.log.snapshot = snapshot;
    this.crew.trim(options.maxLogBytes);
    this.#judgement.forget(snapshot.seq);
    keeper.snapshot(snapshot);
    emitter.emit('snapshot', { seq: snapshot.seq, bytes: snapshot.bytes.byteLength, messages: this.log.length });
  }

  #convict(members: readonly Member[]): void {
    for (const member of members) this.#judgement.withdraw(member); // The words of one that is dead by now as well.
    for (const member of members.filter(({ state }) => state === 'live')) {
      this.parts.emitter.emit('conviction', { threadId: member.threadId, pid: member.pid, replica: member.replica });
      member.end('convicted');
    }
  }
}
