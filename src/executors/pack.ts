import type { Attempt } from '../core/task.ts';
import type { ItemMeta } from '../core/wire/wire.ts';
import type { SessionInit } from '../thread/session.ts';

/** A bundle as it travels. */
export interface Packed {
  readonly ids: readonly number[];
  readonly inputs: readonly unknown[];
  readonly metas: readonly (ItemMeta | undefined)[] | undefined;
}

/** What a session knows anyway need not travel with its items. */
export type Standards = Pick<SessionInit, 'name' | 'runLimit'>;

/** @param ahead by how much the clock that the thread goes by is ahead of the manager's, in milliseconds */
export function pack(attempts: readonly Attempt[], standards: Standards, ahead = 0): Packed {
  const ids: number[] = [];
  const inputs: unknown[] = [];
  let metas: (ItemMeta | undefined)[] | undefined;
  let last: ItemMeta | undefined;
  for (let i = 0; i < attempts.length; i++) {
    const attempt = attempts[i]!;
    ids.push(attempt.task.id);
    inputs.push(attempt.task.input);
    const meta = metaOf(attempt, standards, ahead, last);
    if (meta !== undefined) {
      metas ??= [];
      metas[i] = meta;
      last = meta;
    }
  }
  return { ids, inputs, metas };
}

/** @param last what was said of another item: where that is true of this one as well, it is given again, for what is the same object is cloned once */
function metaOf(attempt: Attempt, { name, runLimit }: Standards, ahead: number, last: ItemMeta | undefined): ItemMeta | undefined {
  const { number, replica, placement } = attempt;
  const { spec, acceptedAt } = attempt.task;
  const { module, limits } = spec;
  const other = spec.name === name ? undefined : spec.name;
  const run = limits.run === runLimit ? undefined : limits.run;
  const seal = placement?.seal === true;
  const trace = placement?.trace;
  const untold = other === undefined && module === undefined && run === undefined && !seal && trace === undefined;
  if (untold && number === 1 && replica === 0 && limits.total === Number.POSITIVE_INFINITY) return undefined;
  const until = acceptedAt + limits.total + ahead;
  if (
    last?.attempt === number &&
    last.replica === replica &&
    last.until === until &&
    last.seal === seal &&
    last.name === other &&
    last.module === module &&
    last.run === run &&
    last.trace === trace
  )
    return last;
  return {
    attempt: number,
    replica,
    name: other,
    ...(module === undefined ? {} : { module }),
    run,
    until,
    seal,
    ...(trace === undefined ? {} : { trace }),
  };
}
