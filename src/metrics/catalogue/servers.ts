import type { EnrolledServer, ServerNow } from '../../core/servers/server-roll.ts';
import { MESSAGE_KINDS, MESSAGE_OUTCOMES, REFUSALS, type ServerTally } from '../../core/servers/server-tally.ts';
import { byLabel, counted, counter, gauge, type MetricEntry, memory, one, type Sample, times } from './entry.ts';

type Entry = MetricEntry<EnrolledServer>;
type Source = EnrolledServer;

const STATES: readonly ServerNow['state'][] = ['open', 'draining', 'terminating'];
const ROLES = ['voter', 'standby'] as const;
const THREAD_STATES = ['starting', 'live', 'ending'] as const;

/** A metric that is one number of the tally. */
const told = (name: string, help: string, read: (tally: ServerTally) => number): Entry =>
  counter<Source>({ name, help, read: ({ tally }) => one(read(tally)) });
/** A metric that is one number of now. */
const now = (name: string, help: string, read: (server: ServerNow) => number | undefined): Entry =>
  gauge<Source>({
    name,
    help,
    read: (server) => {
      const value = read(server.now());
      return value === undefined ? [] : one(value);
    },
  });

function messages({ tally }: Source): Sample[] {
  return MESSAGE_KINDS.flatMap((kind) =>
    MESSAGE_OUTCOMES.map((outcome) => ({ labels: { kind, outcome }, value: tally.count(kind, outcome) })).filter(
      ({ labels, value }) => value > 0 || labels.outcome === 'replied',
    ),
  );
}

function threads(server: Source): Sample[] {
  const present = server.now().threads;
  return ROLES.flatMap((role) =>
    THREAD_STATES.map((state) => ({
      labels: { role, state },
      value: present.filter((thread) => thread.role === role && thread.state === state).length,
    })),
  );
}

function exits({ tally }: Source): Sample[] {
  return Array.from(tally.exits.values, ([key, value]) => {
    const [role = '', reason = ''] = key.split(' ');
    return { labels: { role, reason }, value };
  });
}

/** Messages that are committed and not yet in the state of the standby that is furthest behind. */
function behind({ log, threads: present }: ServerNow): number | undefined {
  const standbys = present.filter(({ role, state }) => role === 'standby' && state === 'live');
  return standbys.length === 0 ? undefined : Math.max(0, ...standbys.map(({ applied }) => log.committed - applied));
}

const finite = (limit: number): Sample[] => (limit === Number.POSITIVE_INFINITY ? [] : one(limit));

/** Every metric of a server, once. */
export const SERVERS: readonly Entry[] = [
  gauge<Source>({
    name: 'server_state',
    labels: ['state'],
    help: 'State of the server: 1 for the state that it is in, 0 for the others. Once it has ended, it has no series.',
    read: (server) => {
      const { state } = server.now();
      return byLabel('state', new Map(STATES.map((known) => [known, state === known ? 1 : 0])));
    },
  }),
  counter<Source>({
    name: 'server_messages_total',
    labels: ['kind', 'outcome'],
    help: 'Messages that were handled, by kind and by what came of them.',
    read: messages,
  }),
  counter<Source>({
    name: 'server_refused_total',
    labels: ['reason'],
    help: 'Messages that were not taken, by why.',
    read: ({ tally }) => counted('reason', REFUSALS, tally.refused),
  }),
  times<Source>({
    name: 'server_call_seconds',
    help: 'Time from a call to its settlement, whatever that was.',
    read: ({ tally }) => one(tally.calls),
  }),
  told('server_call_timeouts_total', 'Calls that were not answered in time.', ({ timeouts }) => timeouts),
  told('server_late_replies_total', 'Replies to calls that had settled already; they were dropped.', ({ lateReplies }) => lateReplies),
  now('server_mailbox_messages', 'Messages that wait for their place in the log.', ({ mailbox }) => mailbox),
  now('server_mailbox_limit', 'Messages that may wait or be under way (maxMailbox); absent if there is no limit.', ({ maxMailbox }) =>
    maxMailbox === Number.POSITIVE_INFINITY ? undefined : maxMailbox,
  ),
  memory<Source>({
    name: 'server_mailbox_bytes',
    help: 'Memory of the messages that wait or are under way, about.',
    read: (server) => one(server.now().mailboxBytes),
  }),
  memory<Source>({
    name: 'server_mailbox_limit_bytes',
    help: 'What they may hold (maxMailboxBytes); absent if there is no limit.',
    read: (server) => finite(server.now().maxMailboxBytes),
  }),
  now('server_open_messages', 'Messages that are in the log and not answered yet.', ({ log }) => log.open),
  now('server_log_messages', 'Messages that the log holds in memory.', ({ log }) => log.messages),
  memory<Source>({
    name: 'server_log_bytes',
    help: 'Memory of the messages in the log, about.',
    read: (server) => one(server.now().log.bytes),
  }),
  memory<Source>({
    name: 'server_state_bytes',
    help: 'Size of the copy of the state with which the log begins; 0 without one.',
    read: (server) => one(server.now().stateBytes),
  }),
  counter<Source>({
    name: 'server_snapshots_total',
    labels: ['result'],
    help: 'Copies of the state, by whether the log could be cut short with them.',
    read: ({ tally }) =>
      byLabel(
        'result',
        new Map([
          ['ok', tally.snapshots],
          ['failed', tally.snapshotsFailed],
        ]),
      ),
  }),
  now('server_timers', 'Timers that are open.', ({ timers }) => timers),
  gauge<Source>({ name: 'server_threads', labels: ['role', 'state'], help: 'Threads by role and state.', read: threads }),
  now(
    'server_standby_lag_messages',
    'Messages that the standby furthest behind has still to apply; absent without a standby that is ready.',
    behind,
  ),
  counter<Source>({
    name: 'server_thread_exits_total',
    labels: ['role', 'reason'],
    help: 'Threads that ended, by role and by why.',
    read: exits,
  }),
  counter<Source>({ name: 'server_restarts_total', help: 'Threads that were replaced.', read: (server) => one(server.now().restarts) }),
  now('server_orphans', 'Threads that were given up and have not ended.', ({ orphans }) => orphans),
  times<Source>({
    name: 'server_takeover_seconds',
    help: 'Time until a standby went on after a death.',
    read: ({ tally }) => one(tally.takeOvers),
  }),
  told('server_convictions_total', 'Replicas that were outvoted, in a reply or in their state.', ({ convictions }) => convictions),
];
