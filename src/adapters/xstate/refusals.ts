import type { AnyStateMachine } from 'xstate';
import { ServerError } from '../../server/index.ts';

interface Node {
  readonly id: string;
  readonly invoke: readonly { readonly id: string }[];
  readonly states: Readonly<Record<string, Node>>;
}

const ADVICE =
  'What an actor says is in no log, so a replay would not hear it again. Let the caller, another server or a pool do the work, and send its outcome as an event.';

/**
 * An actor beside the machine runs outside of the log.
 * @throws {ServerError} `ERR_SERVER_MODULE`
 */
export function refuseActors(machine: AnyStateMachine): void {
  const root = (machine as Partial<AnyStateMachine> | undefined)?.root as unknown as Node | undefined;
  if (root === undefined || typeof machine.transition !== 'function') {
    throw new ServerError(
      'ERR_SERVER_MODULE',
      `fromXState: Expected a machine that createMachine of XState 5 has made. Got ${machine === null ? 'null' : typeof machine}.`,
    );
  }
  const look = ({ id, invoke, states }: Node): void => {
    for (const actor of invoke)
      throw new ServerError('ERR_SERVER_MODULE', `fromXState: State ${JSON.stringify(id)} invokes an actor (${actor.id}). ${ADVICE}`);
    for (const inner of Object.values(states)) look(inner);
  };
  look(root);
}

/** The same for what shows only when it runs. */
export function actorRefused(what: string): ServerError {
  return new ServerError('ERR_SERVER_MODULE', `The machine ${what}. ${ADVICE}`);
}

/** An event that is in no log. */
export function sendRefused(): ServerError {
  const advice = 'Use raise, or sendTo(({ self }) => self, event): those are part of the transition, and so of the log.';
  return new ServerError('ERR_SERVER_MESSAGE', `An action of the machine called self.send. ${advice}`);
}
