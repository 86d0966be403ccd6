import type { JSX } from 'preact';
import type { ShownFailure, Snapshot } from '../../frames.ts';
import { clock, count, plain, time } from '../format.ts';

function One({ failure }: { failure: ShownFailure }): JSX.Element {
  const { taskId, name, error, code, stack, attempts } = failure;
  return (
    <details class="record">
      <summary>
        <time>{clock(failure.time)}</time>
        <span class="what">
          {plain(name)} {taskId >= 0 ? <span class="id">#{taskId}</span> : <span class="id">refused</span>}
        </span>
        <span class="error">{plain(error)}</span>
      </summary>
      {code !== '' && (
        <p>
          <code>{code}</code>
        </p>
      )}
      {attempts.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">attempt</th>
              <th scope="col">slot</th>
              <th scope="col">kind</th>
              <th scope="col" class="number">
                ran
              </th>
              <th scope="col">error</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <tr key={attempt.attempt}>
                <td>
                  {attempt.attempt}
                  {attempt.replica > 0 ? `, copy ${attempt.replica}` : ''}
                </td>
                <td>{attempt.slot < 0 ? '–' : attempt.slot}</td>
                <td>{attempt.kind}</td>
                <td class="number">{time(attempt.ms)}</td>
                <td class="error">{plain(attempt.error)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {stack !== '' && (
        <details>
          <summary>Stack</summary>
          <pre>{plain(stack)}</pre>
        </details>
      )}
    </details>
  );
}

/** Tasks that failed for good, by kind. */
export function Failures({ data }: { data: Snapshot }): JSX.Element {
  const { counts, last } = data.failures;
  const kinds = Object.keys(counts).sort((a, b) => counts[b]! - counts[a]!);
  const retries = Object.entries(data.retries);
  return (
    <section class="panel" aria-labelledby="failures">
      <h2 id="failures">Tasks that failed</h2>
      {kinds.length === 0 && <p class="none">None so far.</p>}
      {kinds.map((kind) => (
        <details key={kind} class="kind" open>
          <summary>
            <h3>
              {kind} <b>{count(counts[kind]!)}</b>
            </h3>
          </summary>
          {last
            .filter((failure) => failure.kind === kind)
            .reverse()
            .slice(0, 8)
            .map((failure) => (
              <One key={failure.id} failure={failure} />
            ))}
        </details>
      ))}
      {retries.length > 0 && (
        <p class="note">Attempts that failed and were tried again: {retries.map(([kind, many]) => `${kind} ${count(many)}`).join(', ')}.</p>
      )}
    </section>
  );
}
