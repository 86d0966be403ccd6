/** A protection that is switched off, as a change to the text of the compiled code. */
export interface Mutation {
  readonly name: string;
  /** Below `dist/src`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const settled = "task.state !== 'open'";

export const MUTATIONS: readonly Mutation[] = [
  { name: 'fencing off', file: 'dispatch/outcomes/intake.js', find: 'if (!thread.holds(attempt, bundle) && ', put: 'if (false && ' },
  { name: 'quorum off by one', file: 'policies/redundancy/ballot-box.js', find: 'size >= this.#quorum', put: 'size >= this.#quorum - 1' },
  {
    name: 'intensity ignored',
    file: 'dispatch/threads/restarts.js',
    find: 'return this.#intensity.add();',
    put: 'return this.#intensity.add() || true;',
  },
  { name: 'settle guard off', file: 'policies/ledger.js', find: settled, put: 'false' },
  { name: 'budget off', file: 'dispatch/queue/budget.js', find: 'return this.#recovery < ', put: 'return true || this.#recovery < ' },
  {
    name: 'claim cursor off by one',
    file: 'core/wire/control-block.js',
    find: 'word | REVOKED) === word)\n                return word & INDEX_MASK;',
    put: 'word | REVOKED) === word)\n                return Math.max(0, (word & INDEX_MASK) - 1);',
  },
  { name: 'late-timer check off', file: 'policies/limits.js', find: 'this.#host.pollAll();', put: '' },
  { name: 'drain forgotten', file: 'pool/admission.js', find: 'this.#host.drained();', put: '' },
  { name: 'blame given to the neighbour', file: 'dispatch/outcomes/autopsy.js', find: 'blame.index === i', put: 'blame.index === i - 1' },
  {
    name: 'growth forgotten',
    file: 'dispatch/threads/elasticity.js',
    find: "return this.#phase === 'open' && this.#parts.roster.free > 0",
    put: 'return false',
  },
  { name: 'shrinking forgotten', file: 'dispatch/threads/elasticity.js', find: 'roster.shrink(thread);', put: '{ }' },
  { name: 'spares kept by an idle pool', file: 'dispatch/threads/elasticity.js', find: 'roster.keepSpares(0);', put: '' },
  {
    name: 'one thread too many',
    file: 'dispatch/threads/roster.js',
    find: 'missing: () => this.surplus() < 0',
    put: 'missing: () => this.surplus() < 1',
  },
  { name: 'deadline unchecked', file: 'policies/limits.js', find: 'if (waited >= total)', put: 'if (false)' },
  {
    name: 'hedging budget off',
    file: 'policies/hedging/load-budget.js',
    find: 'return this.#credit > 0 && this.#credit >= ms;',
    put: 'return true;',
  },
  { name: 'hedging while others wait', file: 'dispatch/survey.js', find: 'return this.#backlog.size === 0 && ', put: 'return ' },
  {
    name: 'two ballots from one thread',
    file: 'dispatch/queue/placing.js',
    find: '!placement.kin.barred.includes(thread.key)',
    put: 'true',
  },
  {
    name: 'losers not convicted',
    file: 'policies/redundancy/quorum-course.js',
    find: 'for (const voter of wrong)\n            this.#host.convict(voter);',
    put: '',
  },
  { name: 'late ballots convict the innocent', file: 'policies/redundancy/quorum-course.js', find: 'if (agrees)', put: 'if (!agrees)' },
  {
    name: 'verdict told before it stands',
    file: 'policies/redundancy/quorum-course.js',
    find: "this.#host.fulfil(task, value);\n        this.#cancelRest(vote, 'surplus');",
    put: "this.#conflict(task, vote, 'quorum');\n        this.#host.fulfil(task, value);\n        this.#cancelRest(vote, 'surplus');",
  },
  {
    name: 'the killed not counted',
    file: 'dispatch/outcomes/deaths.js',
    find: 'this.#ends.ended(attempt, end, thread.handle.itemStartedAt, now);',
    put: '{ }',
  },
  {
    name: 'what could not be read not counted',
    file: 'dispatch/outcomes/lost-results.js',
    find: 'ends.endedUntold(thread, ended, thread.untoldSince(bundle));',
    put: '',
  },
  { name: 'duplicate reports taken', file: 'dispatch/outcomes/intake.js', find: 'bundle.reported !== from', put: 'false' },
  { name: 'once is not once', file: 'dispatch/outcomes/deaths.js', find: 'if (attempt.mayRunTwice)', put: 'if (!attempt.movesMemory)' },
  { name: 'one retry too many', file: 'policies/retry.js', find: 'retriesLeft <= 0 || ', put: 'retriesLeft < 0 || ' },
  { name: 'run timeout not enforced', file: 'dispatch/outcomes/watchdog.js', find: 'this.#events.timedOut(thread, attempt);', put: ';' },
  { name: 'timers left behind', file: 'policies/ledger.js', find: 'task.extras?.release?.();', put: '' },
  {
    name: 'no escalation',
    file: 'policies/plain-course.js',
    find: 'return escalates(kind) && this.#host.escalates ?',
    put: 'return false ?',
  },
  {
    name: 'the dead not replaced',
    file: 'dispatch/threads/roster.js',
    find: "this.#start('replacement');\n            });",
    put: ';\n            });',
  },
  {
    name: 'whoever is passed is passed forever',
    file: 'dispatch/queue/turns.js',
    find: 'mark.passes >= limit * this.#threads',
    put: 'false',
  },
  {
    name: 'no place is made for those who are due',
    file: 'dispatch/feeding/make-room.js',
    find: 'roster.swap(thread, spare);\n                return spare;',
    put: 'return thread;',
  },
  { name: 'threads serve on', file: 'dispatch/threads/pool-thread.js', find: 'return this.quota - this.started;', put: 'return Infinity;' },
  {
    name: 'time in which the program was stopped is charged',
    file: 'core/time/attended-clock.js',
    find: 'return machine - this.presence.lost;',
    put: 'return machine;',
  },
  { name: 'the watchdog convicts before it looks', file: 'dispatch/outcomes/watchdog.js', find: 'thread.handle.poll();', put: '' },
  {
    name: 'an attempt that is lost with an unreadable result is charged',
    file: 'dispatch/outcomes/lost-results.js',
    find: 'lost.length > 1 && attempt.mayRunTwice',
    put: 'false',
  },
  {
    name: 'a waiting attempt pays for leftovers that loop',
    file: 'dispatch/outcomes/neighbours.js',
    find: 'return thread.finished > 0 && ',
    put: 'return false && ',
  },
  {
    name: 'an attempt pays for leftovers that fill the heap',
    file: 'dispatch/outcomes/deaths.js',
    find: "exit.cause === 'oom' && ",
    put: 'false && ',
  },
  { name: 'any task decides for the probe', file: 'policies/quarantine.js', find: 'return entry.probe === task && ', put: 'return ' },
  { name: 'what is no message is heeded', file: 'executors/threads/hearing.js', find: 'if (isFromThread(message))', put: 'if (true)' },
];
