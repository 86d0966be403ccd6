import { type EnrolledServer, serversOnRoll } from '../../core/servers/server-roll.ts';
import { fit } from '../../diagnostics/fit.ts';
import { sketch } from '../../diagnostics/inspect.ts';
import { describeThrown } from '../../diagnostics/thrown.ts';
import type { ShownServer } from '../frames.ts';

/** Servers that are shown; of partitions there may be hundreds. */
const MOST = 50;
const INCIDENTS = 12;
const MESSAGES = 12;
const TEXT = 300;

/** The servers of this program, as a page shows them. */
export function shownServers(reveal: boolean): readonly ShownServer[] {
  return [...serversOnRoll()].slice(0, MOST).map((server) => shown(server, reveal));
}

function shown(server: EnrolledServer, reveal: boolean): ShownServer {
  const { name, state, isolation, mailbox, maxMailbox, log, stateBytes, timers, restarts, orphans, threads } = server.now();
  const { tally } = server;
  const { spread } = tally.calls;
  const quantile = (share: number): number | null => (spread.count === 0 ? null : spread.quantile(share));
  return {
    name: fit(name, TEXT),
    state,
    isolation,
    mailbox,
    maxMailbox: maxMailbox === Number.POSITIVE_INFINITY ? null : maxMailbox,
    log,
    stateBytes,
    timers,
    restarts,
    orphans,
    handled: tally.handled,
    call50: quantile(0.5),
    call99: quantile(0.99),
    threads: threads.map(({ threadId, pid = null, role, state: at, applied }) => ({
      threadId,
      pid,
      role,
      state: at,
      behind: Math.max(0, log.committed - applied),
    })),
    incidents: server
      .incidents()
      .slice(-INCIDENTS)
      .map(({ time, kind, text, error }) => ({
        time,
        kind,
        text: fit(error === undefined ? text : `${text}: ${describeThrown(error).message}`, TEXT),
      })),
    recent: server
      .recent()
      .slice(-MESSAGES)
      .map(({ seq, kind, name: message, at, outcome, message: content }) => ({
        seq,
        kind,
        name: fit(message, TEXT),
        at,
        outcome,
        content: reveal ? sketch(content, TEXT) : null,
      })),
  };
}
