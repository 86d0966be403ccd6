import { attemptsOf } from '../../src/index.ts';

/** What `Script.watch` has seen of a run. */
type Seen = { readonly outcome?: unknown; readonly error?: unknown };

/** The code of the error that a run was rejected with; `undefined` if it has not been. */
export function codeOf({ error }: Seen): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}

/** What became of each of the attempts of a run that was rejected. */
export function kindsOf({ error }: Seen): string[] {
  return attemptsOf(error).map(({ kind }) => kind);
}
