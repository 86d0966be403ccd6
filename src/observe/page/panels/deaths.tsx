import type { JSX } from 'preact';
import type { ShownDeath, Snapshot } from '../../frames.ts';
import { bytes, clock, count, place, plain, time } from '../format.ts';
import { Counted, Kinds } from './kinds.tsx';

/** Ends that were wanted: they are told, and are no deaths. */
const PLANNED: ReadonlySet<string> = new Set(['reclaimed', 'idle', 'recycled', 'closed']);

/** What one wants to know of a death before opening it: of what, in which task, after how much work. */
function summaryOf({ task, reason, error, exitCode, signal, age, finishedTasks }: ShownDeath): string {
  // Of a thread that was ended by the pool, the exit code tells nothing.
  const ownExit = reason === 'exit' && exitCode !== null;
  return [
    task === null ? '' : `${task.name} #${task.id}`,
    signal !== '' ? signal : ownExit ? `exit code ${exitCode}` : '',
    error,
    `after ${time(age)}, ${count(finishedTasks)} ${finishedTasks === 1 ? 'task' : 'tasks'}`,
  ]
    .filter((part) => part !== '')
    .map(plain)
    .join(' · ');
}

function Report({ death }: { death: ShownDeath }): JSX.Element {
  const { task, exitCode, signal, age, heapUsed, finishedTasks, error, stack, events } = death;
  const facts: [string, string][] = [
    ['thread', `${place(death.slot)}, generation ${death.generation}, id ${death.threadId}`],
    ['ended', signal !== '' ? `signal ${signal}` : exitCode === null ? death.reason : `exit code ${exitCode}`],
    [
      'age',
      `${time(age)}, ${count(finishedTasks)} ${finishedTasks === 1 ? 'task' : 'tasks'} finished${heapUsed === null || heapUsed === 0 ? '' : `, heap ${bytes(heapUsed)}`}`,
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

function One({ death }: { death: ShownDeath }): JSX.Element {
  return (
    <details class="record">
      <summary>
        <time>{clock(death.time)}</time>
        <span class="what">{place(death.slot)}</span>
        <span class="error">{summaryOf(death)}</span>
      </summary>
      <Report death={death} />
    </details>
  );
}

/** Threads that died, each with its crash report. */
export function Deaths({ data }: { data: Snapshot }): JSX.Element {
  const { counts, last } = data.deaths;
  const all = Object.entries(counts);
  return (
    <section class="panel" aria-labelledby="deaths">
      <h2 id="deaths">Threads that died</h2>
      <Kinds
        counts={all.filter(([kind]) => !PLANNED.has(kind))}
        last={last}
        kindOf={({ reason }) => reason}
        show={(death) => <One key={death.id} death={death} />}
      />
      <Counted what="Threads that were ended on purpose" counts={all.filter(([kind]) => PLANNED.has(kind))} />
    </section>
  );
}
