import type { JSX } from 'preact';
import type { ShownServer, Snapshot } from '../../frames.ts';
import { bytes, clock, count, plain, time } from '../format.ts';

const INCIDENT: Readonly<Record<ShownServer['incidents'][number]['kind'], string>> = {
  death: 'death',
  takeOver: 'take-over',
  conviction: 'conviction',
  dropped: 'dropped',
  snapshotFailed: 'no copy',
};

function factsOf(server: ShownServer): [string, string][] {
  const { mailbox, maxMailbox, log, stateBytes, timers, restarts, orphans, handled, call50, call99, isolation } = server;
  return [
    ['mailbox', `${count(mailbox + log.open)}${maxMailbox === null ? '' : ` of ${count(maxMailbox)}`}`],
    ['log', `${count(log.messages)} messages, ${bytes(log.bytes)}; number ${count(log.committed)} was answered last`],
    ['state', stateBytes === 0 ? 'not copied yet' : `${bytes(stateBytes)} when it was last copied`],
    ['calls', `p50 ${time(call50)}, p99 ${time(call99)}; ${count(handled)} messages handled`],
    [
      'threads',
      `${isolation === 'process' ? 'in processes of their own' : 'in this process'}, ${count(restarts)} restarts${orphans === 0 ? '' : `, ${count(orphans)} given up`}`,
    ],
    ['timers', count(timers)],
  ];
}

function Threads({ threads }: { threads: ShownServer['threads'] }): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">thread</th>
          <th scope="col">for</th>
          <th scope="col">state</th>
          <th scope="col" class="number">
            messages behind
          </th>
        </tr>
      </thead>
      <tbody>
        {threads.map(({ threadId, pid, role, state, behind }) => (
          <tr key={`${pid}/${threadId}/${role}`}>
            <td>{pid === null ? threadId : `${threadId} of process ${pid}`}</td>
            <td>{role === 'voter' ? 'answers' : 'stands by'}</td>
            <td>
              <span class={`state ${state}`}>{state}</span>
            </td>
            <td class="number">{count(behind)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Server({ server }: { server: ShownServer }): JSX.Element {
  const { name, state, threads, incidents, recent } = server;
  const standbys = threads.filter(({ role }) => role === 'standby').length;
  const voters = threads.length - standbys;
  return (
    <details class="record server" open>
      <summary>
        <span class={`state ${state}`}>{state}</span>
        <span class="what">{plain(name)}</span>
        <span class="error">
          {voters > 1 ? `${voters} replicas` : `${voters} thread`}
          {standbys > 0 && `, ${standbys} ${standbys === 1 ? 'standby' : 'standbys'}`}
        </span>
      </summary>
      <dl class="facts">
        {factsOf(server).map(([fact, value]) => (
          <div key={fact}>
            <dt>{fact}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Threads threads={threads} />
      {incidents.length > 0 && (
        <details>
          <summary>Deaths, take-overs and the like</summary>
          <ul class="incidents">
            {[...incidents].reverse().map(({ time: at, kind, text }, i) => (
              <li key={`${at}/${i}`}>
                <time>{clock(at)}</time> <b>{INCIDENT[kind]}</b> {plain(text)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {recent.length > 0 && (
        <details>
          <summary>Last messages</summary>
          <ul class="incidents">
            {[...recent].reverse().map(({ seq, kind, name: message, at, outcome, content }) => (
              <li key={seq}>
                <time>{clock(at)}</time> <b>{seq}</b> {kind} {plain(message)}: {outcome}
                {content !== null && <code> {plain(content)}</code>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </details>
  );
}

/** The servers of the program, where there are any. */
export function Servers({ data }: { data: Snapshot }): JSX.Element | null {
  if (data.servers.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="servers">
      <h2 id="servers">Servers</h2>
      {data.servers.map((server) => (
        <Server key={server.name} server={server} />
      ))}
    </section>
  );
}
