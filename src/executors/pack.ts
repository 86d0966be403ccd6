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
    const meta = metaOf(attempt, standards, ahead);
    if (meta !== undefined) {
      metas ??= [];
      // What is the same object is cloned once: in a bundle of copies that is one for all.
      if (last === undefined || !sameMeta(last, meta)) last = meta;
      metas[i] = last;
    }
  }
  return { ids, inputs, metas };
}

function metaOf(attempt: Attempt, { name, runLimit }: Standards, ahead: number): ItemMeta | undefined {
  const { spec, acceptedAt } = attempt.task;
  const { placement } = attempt;
  const plain =
    attempt.number === 1 &&
    attempt.replica === 0 &&
    spec.name === name &&
    spec.module === undefined &&
    placement?.seal !== true &&
    placement?.trace === undefined;
  if (plain && spec.limits.run === runLimit && spec.limits.total === Number.POSITIVE_INFINITY) return undefined;
  return {
    attempt: attempt.number,
    replica: attempt.replica,
    name: spec.name === name ? undefined : spec.name,
    ...(spec.module === undefined ? {} : { module: spec.module }),
    run: spec.limits.run === runLimit ? undefined : spec.limits.run,
    until: acceptedAt + spec.limits.total + ahead,
    seal: placement?.seal === true,
    ...(placement?.trace === undefined ? {} : { trace: placement.trace }),
  };
}

function sameMeta(a: ItemMeta, b: ItemMeta): boolean {
  return (
    a.attempt === b.attempt &&
    a.replica === b.replica &&
    a.until === b.until &&
    a.seal === b.seal &&
    a.name === b.name &&
    a.module === b.module &&
    a.run === b.run
  );
}
