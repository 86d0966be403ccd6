import type { NoQuorumError } from '../../core/errors.ts';
import { type AttemptEnd, endOfGivenUp, type Failure, type FailureKind } from '../../core/failure.ts';
import { inContext } from '../../core/foreign/context.ts';
import { Attempt, aboutTask, type Course, type Task } from '../../core/task.ts';
import { Sealed } from '../../core/wire/sealed.ts';
import type { CourseHost } from '../course-host.ts';
import { record } from '../history.ts';
import { RetryLine } from '../retry.ts';
import { type Compare, comparedIn, comparison } from './compare.ts';
import { changed, noQuorum } from './no-verdict.ts';
import type { HoldsBack, Reserve } from './reserve.ts';
import { type Resolved, resolved } from './resolve.ts';
import type { RedundancyRules } from './rules.ts';
import { ballotOf, type Copy, Vote, verdictFor, voteOf } from './vote.ts';

/**
 * Runs a task in copies on different threads and delivers what a quorum of them agrees on. Copies that crash or time out are
 * retried like any attempt and have no vote. Threads whose ballots lose are retired.
 */
export class QuorumCourse implements Course, HoldsBack {
  readonly votes = true;
  readonly #host: CourseHost;
  readonly #rules: RedundancyRules;
  readonly #compare: Compare;
  readonly #reserve: Reserve;

  constructor(host: CourseHost, rules: RedundancyRules, reserve: Reserve) {
    this.#host = host;
    this.#rules = rules;
    this.#compare = comparison(rules.equal);
    this.#reserve = reserve;
  }

  begin(task: Task): void {
    task.extras ??= {};
    const vote = new Vote(this.#rules, comparedIn(task.extras.context, this.#compare));
    task.extras.course = vote;
    const { replicas, quorum } = this.#rules;
    // Where threads are idle the first of all copies win. Where tasks wait, a copy that the quorum can do without would only hold them up.
    const first = this.#host.leisure() ? replicas : Math.min(replicas, quorum);
    this.#reserve.hold(vote, replicas - first);
    for (let i = 0; i < first; i++) this.#start(task, vote, false);
  }

  started(task: Task): boolean {
    const vote = voteOf(task);
    if (vote === undefined || task.begun > vote.rules.replicas) return true;
    return vote.copies.some(({ attempt }) => this.#host.started(attempt));
  }

  succeeded(attempt: Attempt, value: unknown): void {
    const { task } = attempt;
    const vote = voteOf(task);
    if (vote === undefined) return;
    const copy = vote.copies[attempt.replica]!;
    copy.line?.stop();
    copy.state = 'cast';
    try {
      vote.cast(attempt, value);
    } catch (cause) {
      vote.broken();
      const why = 'The comparison of the results (redundancy.equal) failed, so that no vote was counted';
      this.#reject(task, vote, noQuorum(why, [...vote.ballots, ballotOf(attempt, value)], cause));
      return;
    }
    this.#go(task, vote);
  }

  failed(attempt: Attempt, failure: Failure): void {
    const { task } = attempt;
    const vote = voteOf(task);
    if (task.state !== 'open' || vote === undefined) return;
    this.callUp(task);
    const entry = record(attempt, failure, this.#host.clock);
    const copy = vote.copies[attempt.replica]!;
    if (copy.line !== undefined) {
      copy.line.failed(failure, entry);
    } else if (task.spec.retry.retries === 0) {
      this.#lost(task, vote, copy, failure);
    } else {
      copy.line = new RetryLine(this.#host, task, {
        again: (last) => this.#again(task, vote, copy, last),
        gaveUp: (last) => this.#lost(task, vote, copy, last),
      });
      copy.line.begin(failure, entry);
    }
  }

  cancelled(task: Task, kind: FailureKind): void {
    const vote = voteOf(task);
    if (vote !== undefined) this.#cancelRest(vote, 'stop', endOfGivenUp(kind));
  }

  /** A ballot after the verdict changes nothing that was delivered. It can only convict its thread. */
  returnedLate(attempt: Attempt, value: unknown): void {
    const verdict = verdictFor(attempt);
    if (verdict === undefined) return; // The vote ended without one.
    const { task } = attempt;
    const { ballots, conflicts } = task.spec.tally;
    let agrees: boolean;
    try {
      agrees = verdict.compare(verdict.cast, value);
    } catch {
      ballots.add('undecided'); // The comparison's fault, and its answer is not wanted any more.
      return;
    }
    ballots.add(agrees ? 'agreed' : 'late_outvoted');
    if (agrees) return;
    this.#host.bar([attempt])();
    conflicts.add('quorum');
    const ballot = ballotOf(attempt, value instanceof Sealed ? value.open().value : value);
    this.#host.emitter.emit('conflict', { ...aboutTask(task), ballots: [verdict.ballot, ballot], verdict: 'quorum' });
  }

  #start(task: Task, vote: Vote, extra: boolean): void {
    const attempt = new Attempt(task, vote.copies.length, extra, vote.placement);
    vote.copies.push({ state: 'out', withdrawn: false, attempt, line: undefined });
    this.#host.submit(attempt);
  }

  /** What was spared is needed now: the first copies disagree, one has failed, or one takes long. */
  callUp(task: Task): void {
    const vote = voteOf(task);
    if (vote === undefined || vote.reserve === 0 || task.state !== 'open') return;
    const { reserve } = vote;
    this.#reserve.release(vote);
    for (let i = 0; i < reserve; i++) this.#start(task, vote, false);
  }

  #again(task: Task, vote: Vote, copy: Copy, last: Failure): void {
    if (task.state !== 'open') return;
    copy.attempt = new Attempt(task, copy.attempt.replica, true, vote.placementAfter(last, this.#host.escalates));
    this.#host.submit(copy.attempt);
  }

  #lost(task: Task, vote: Vote, copy: Copy, failure: Failure): void {
    if (task.state !== 'open') return;
    copy.state = 'lost';
    vote.lastFailure = failure;
    this.#go(task, vote);
  }

  #go(task: Task, vote: Vote): void {
    if (task.state !== 'open') return; // The comparison has ended it: the vote ends without a verdict.
    if (vote.disputed) this.callUp(task);
    const broken = vote.disputed ? vote.broken() : [];
    if (broken.length > 0) {
      this.#withdraw(task, vote, broken);
      return;
    }
    switch (vote.next) {
      case 'wait':
        break;
      case 'verdict':
        this.#deliver(task, vote);
        break;
      case 'extra':
        if (vote.disputed) this.#conflict(task, vote, 'extra'); // Else it is for a copy that was lost.
        // A listener may have ended the task, or the pool.
        if (task.state === 'open') this.#start(task, vote, true);
        break;
      case 'hopeless':
        this.#conclude(task, vote);
    }
  }

  #deliver(task: Task, vote: Vote): void {
    const { box, voters, ballots } = vote;
    const { tally } = task.spec;
    const { index, broken } = vote.choose();
    if (index === undefined) {
      this.#withdraw(task, vote, broken);
      return;
    }
    vote.decided(index);
    const allAgree = broken.length === 0 && box.unanimous;
    const losers = allAgree ? [] : voters.filter((_, i) => !box.won(i));
    tally.ballots.add('agreed', voters.length - losers.length - broken.length);
    const wrong = allAgree ? [] : [...losers, ...broken.map((i) => voters[i]!)];
    if (losers.length > 0) tally.ballots.add('outvoted', losers.length);
    if (broken.length > 0) tally.ballots.add('broken', broken.length);
    // Before anything is told: who listens may submit a task, or close the pool. The result is delivered before its consequences are told.
    const retire = wrong.length > 0 ? this.#host.bar(wrong) : undefined;
    this.#host.fulfil(task, ballots[index]!.value);
    // Before the rest is called off, because that may give a thread something to do.
    retire?.();
    this.#cancelRest(vote, 'surplus');
    if (wrong.length > 0) this.#conflict(task, vote, 'quorum');
  }

  /** Ballots that have changed since their digests were taken do not count: their threads are retired, and the copies run as after a crash. */
  #withdraw(task: Task, vote: Vote, broken: readonly number[]): void {
    const voters = broken.map((i) => vote.voters[i]!);
    vote.withdraw(broken);
    task.spec.tally.ballots.add('broken', broken.length);
    for (const voter of voters) {
      const copy = vote.copies[voter.replica]!;
      copy.state = 'out';
      copy.line = undefined; // It ended with the ballot.
    }
    this.#host.bar(voters)();
    for (const voter of voters) {
      const copy = vote.copies[voter.replica]!;
      const before = copy.withdrawn;
      copy.withdrawn = true;
      if (before) this.#lost(task, vote, copy, changed(voter));
      else this.failed(voter, changed(voter));
    }
  }

  /** No quorum, and no way to one. */
  #conclude(task: Task, vote: Vote): void {
    const { box, rules } = vote;
    if (vote.lastFailure !== undefined && box.size < rules.quorum) {
      // It is for want of ballots: what happened to the copies is the answer.
      this.#host.reject(task, vote.lastFailure);
      this.#cancelRest(vote, 'surplus');
      return;
    }
    task.spec.tally.ballots.add('undecided', box.size);
    const outcome: Resolved =
      rules.resolve === undefined ? { state: 'unresolved' } : inContext(task.extras?.context, () => resolved(rules.resolve!, vote.ballots));
    if (task.state !== 'open') return; // What was to resolve them has ended it.
    if (outcome.state === 'resolved') {
      this.#host.fulfil(task, outcome.value);
      this.#cancelRest(vote, 'surplus');
    } else if (outcome.state === 'unresolved') {
      const why = `The copies do not agree: there are no ${rules.quorum} equal results among ${box.size}, nor can there be`;
      this.#reject(task, vote, noQuorum(why, vote.ballots));
    } else {
      this.#reject(task, vote, noQuorum('The copies do not agree, and redundancy.resolve failed', vote.ballots, outcome.cause));
    }
    this.#conflict(task, vote, outcome.state === 'resolved' ? 'resolved' : 'none');
  }

  #reject(task: Task, vote: Vote, error: NoQuorumError): void {
    this.#host.reject(task, { kind: 'conflict', error });
    this.#cancelRest(vote, 'surplus');
  }

  #conflict(task: Task, vote: Vote, verdict: 'extra' | 'quorum' | 'resolved' | 'none'): void {
    task.spec.tally.conflicts.add(verdict);
    this.#host.emitter.emit('conflict', { ...aboutTask(task), ballots: [...vote.ballots], verdict });
  }

  #cancelRest(vote: Vote, mode: 'stop' | 'surplus', end?: AttemptEnd): void {
    this.#reserve.release(vote);
    for (const attempt of vote.callOff()) if (attempt.state !== 'ended') this.#host.cancel(attempt, mode, end);
  }
}
