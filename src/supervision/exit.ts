import { ChildExitError } from './errors.ts';

/**
 * Why a child is dead.
 *
 * - `normal`: it has done what it was for;
 * - `shutdown`: it was asked to stop, or chose to, in good order;
 * - `killed`: it was ended from outside;
 * - `error`: it crashed.
 */
export type ExitReason =
  | { readonly kind: 'normal' }
  | { readonly kind: 'shutdown'; readonly detail?: unknown }
  | { readonly kind: 'killed' }
  | { readonly kind: 'error'; readonly error: unknown };

/** When a dead child is started again: always, only if it died abnormally, never. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** What a supervisor does about a death: start the child again; keep its spec, stopped; forget it altogether. */
export type Decision = 'restart' | 'keep' | 'remove';

const decisions: Record<RestartType, Record<ExitReason['kind'], Decision>> = {
  permanent: { normal: 'restart', shutdown: 'restart', killed: 'restart', error: 'restart' },
  transient: { normal: 'keep', shutdown: 'keep', killed: 'restart', error: 'restart' },
  temporary: { normal: 'remove', shutdown: 'remove', killed: 'remove', error: 'remove' },
};

/** The whole decision table of supervision: one clause for each restart type and exit reason. */
export function decide(restart: RestartType, reason: ExitReason): Decision {
  return decisions[restart][reason.kind];
}

/** What the promise `exited` was settled with, as a reason: nothing at all is a normal exit, anything unknown a crash. */
export function exitReason(value: unknown): ExitReason {
  if (value === undefined || value === null) return { kind: 'normal' };
  const kind = (value as Partial<ExitReason>).kind;
  if (kind !== undefined && Object.hasOwn(decisions.permanent, kind)) return value as ExitReason;
  return { kind: 'error', error: value };
}

/** The reason as something that can stand in a `cause` chain. */
export function exitCause(child: string, reason: ExitReason): unknown {
  return reason.kind === 'error' ? reason.error : new ChildExitError(child, reason.kind);
}
