/** A protection of the log, switched off in the compiled code. The simulation must notice each. */
export interface Mutation {
  readonly name: string;
  readonly mode: string;
  /** Seeds, and messages a seed; 40 and 300 unless it needs others. */
  readonly seeds?: number;
  readonly messages?: number;
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
}

const entry = 'log/entry.js';
const judgement = 'process/judgement.js';
const member = 'members/member.js';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the log is not trimmed at a snapshot',
    mode: 'replay',
    messages: 700,
    edits: [{ file: 'log/log.js', from: 'trim(seq) {', to: 'trim(seq) { return;' }],
  },
  {
    name: 'a reply is given again in a replay',
    mode: 'replay',
    edits: [
      { file: entry, from: "(this.state === 'committed' ? QUIET : 0)", to: '0' },
      {
        file: judgement,
        from: "if (entry.state === 'open' && !this.#decided.has(entry.seq))",
        to: "if (entry.state === 'committed') this.#host.committed(entry, verdict); else",
      },
    ],
  },
  {
    name: 'a replay skips a message',
    mode: 'replay',
    edits: [
      {
        file: member,
        from: "if (entry.state === 'dropped')",
        to: "if (entry.state === 'dropped' || (entry.state === 'committed' && entry.seq % 7 === 3))",
      },
    ],
  },
  {
    name: 'the digests of replicas are not compared',
    mode: 'replicas',
    edits: [
      { file: 'process/snapshots.js', from: 'round.states[round.box.canonical]', to: 'round.states[0]' },
      { file: 'process/snapshots.js', from: 'this.#host.convict(round.members', to: 'void (round.members' },
    ],
  },
  {
    name: 'a standby is one message behind when it takes over',
    mode: 'standby',
    edits: [
      { file: member, from: ': this.#log.committed;', to: ': this.#log.committed - 1;' },
      {
        file: 'members/crew.js',
        from: "next.role = 'voter';",
        to: "next.role = 'voter'; next.cursor = Math.max(next.cursor, this.#parts.log.committed);",
      },
    ],
  },
  {
    name: 'what was said of messages after a dropped one still counts',
    mode: 'replicas',
    seeds: 250,
    edits: [{ file: judgement, from: 'if (seq >= entry.seq)', to: 'if (seq === entry.seq)' }],
  },
  {
    name: 'a thread that skips to a copy of the state is given the last message in it again',
    mode: 'standby',
    edits: [{ file: member, from: 'this.cursor = seq;', to: 'this.cursor = seq - 1;' }],
  },
  {
    name: 'a message that was rejected is replayed',
    mode: 'replay',
    edits: [{ file: member, from: "if (entry.state === 'dropped')", to: 'if (false)' }],
  },
  {
    name: 'what a message goes on with is left out at its first death',
    mode: 'replay',
    seeds: 100,
    edits: [{ file: judgement, from: "if (cause === 'threw' || entry.crashes >= (retry + 1) * quorum)", to: 'if (true)' }],
  },
  {
    name: 'what a message goes on with is left out for one replica that has thrown',
    mode: 'replicas',
    seeds: 100,
    edits: [{ file: judgement, from: 'if (quorum > 1)', to: 'if (false)' }],
  },
];
