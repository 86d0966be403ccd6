import type { JSX } from 'preact';
import type { ShownFailure, Snapshot } from '../../frames.ts';
import { clock, plain, time } from '../format.ts';
import { Counted, Kinds } from './kinds.tsx';

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
  return (
    <section class="panel" aria-labelledby="failures">
      <h2 id="failures">Tasks that failed</h2>
      <Kinds
        counts={Object.entries(counts)}
        last={last}
        kindOf={({ kind }) => kind}
        show={(failure) => <One key={failure.id} failure={failure} />}
      />
      <Counted what="Attempts that failed and were tried again" counts={Object.entries(data.retries)} />
    </section>
  );
}
