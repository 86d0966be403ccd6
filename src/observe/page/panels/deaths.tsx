import type { JSX } from 'preact';
import type { ShownDeath, Snapshot } from '../../frames.ts';
import { bytes, clock, count, plain, time } from '../format.ts';

function Report({ death }: { death: ShownDeath }): JSX.Element {
  const { task, exitCode, signal, age, heapUsed, finishedTasks, error, stack, events } = death;
  const facts: [string, string][] = [
    ['thread', `slot ${death.slot}, generation ${death.generation}, id ${death.threadId}`],
    ['ended', signal !== '' ? `signal ${signal}` : exitCode === null ? death.reason : `exit code ${exitCode}`],
    [
      'age',
      `${time(age)}, ${count(finishedTasks)} tasks finished${heapUsed === null || heapUsed === 0 ? '' : `, heap ${bytes(heapUsed)}`}`,
    ],
  ];
  if (task !== null) facts.push(['blamed', `${plain(task.name)} #${task.id}, attempt ${task.attempt}`]);
  if (task !== null) facts.push(['input', task.input === null ? 'not shown (reveal is off)' : plain(task.input)]);
  if (error !== '') facts.push(['error', plain(error)]);
  return (
    <>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {stack !== '' && (
        <details>
          <summary>Stack</summary>
          <pre>{plain(stack)}</pre>
        </details>
      )}
      {events.length > 0 && (
        <details>
          <summary>The pool's last events before it</summary>
          <pre>{plain(events.join('\n'))}</pre>
        </details>
      )}
    </>
  );
}

/** Threads that died, each with its crash report. */
export function Deaths({ data }: { data: Snapshot }): JSX.Element {
  const { counts, last } = data.deaths;
  const kinds = Object.keys(counts).sort((a, b) => counts[b]! - counts[a]!);
  return (
    <section class="panel" aria-labelledby="deaths">
      <h2 id="deaths">Threads that died</h2>
      {kinds.length === 0 && <p class="none">None so far.</p>}
      {kinds.map((kind) => (
        <details key={kind} class="kind" open>
          <summary>
            <h3>
              {kind} <b>{count(counts[kind]!)}</b>
            </h3>
          </summary>
          {last
            .filter(({ reason }) => reason === kind)
            .reverse()
            .slice(0, 8)
            .map((death) => (
              <details key={death.id} class="record">
                <summary>
                  <time>{clock(death.time)}</time>
                  <span class="what">slot {death.slot}</span>
                  <span class="error">
                    {death.task !== null && `${plain(death.task.name)} #${death.task.id} `}
                    {plain(death.error)}
                  </span>
                </summary>
                <Report death={death} />
              </details>
            ))}
        </details>
      ))}
    </section>
  );
}
