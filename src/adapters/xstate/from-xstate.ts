import type { AnyEventObject, AnyStateMachine } from 'xstate';
import { defineServer } from '../../server/index.ts';
import { refuseActors } from './refusals.ts';
import { Runner } from './runner.ts';
import { isTimer } from './timers.ts';
import type { XStateServer, XStateServerOptions, XStateSituation } from './types.ts';

/** What is kept of a situation: plain data. */
interface Persisted extends Omit<XStateSituation, 'snapshot'> {
  readonly machine: unknown;
}

/**
 * Makes a server of a machine of XState 5. Export it by default, and start it with `startServer`: the machine then has the log, replay, standbys, replicas
 * and the journal of servers.
 *
 * ```ts
 * export default fromXState(createMachine({ initial: 'locked', states: { locked: { on: { coin: 'open' } }, open: { on: { push: 'locked' } } } }));
 * ```
 *
 * @throws {ServerError} `ERR_SERVER_MODULE` for what is no machine, and for one that invokes or spawns actors
 */
export function fromXState<Machine extends AnyStateMachine>(machine: Machine, options: XStateServerOptions = {}): XStateServer<Machine> {
  refuseActors(machine);
  const runner = new Runner(machine);
  const take = (situation: XStateSituation, event: AnyEventObject): unknown => {
    runner.handle(situation, event);
    return situation.snapshot.value;
  };
  const table: Record<string, (situation: XStateSituation, payload: unknown) => unknown> = {};
  for (const type of machine.events as string[]) {
    if (!type.endsWith('*')) table[type] = (situation, payload) => take(situation, { ...(payload as object | undefined), type });
  }
  const revive = ({ machine: persisted, ...rest }: Persisted): XStateSituation => ({ ...rest, snapshot: runner.restore(persisted) });
  const { version, migrate } = options;
  return defineServer({
    init: (input: unknown) => runner.begin(input),
    call: table,
    cast: table,
    read: {
      state: ({ snapshot }) => snapshot.value,
      snapshot: ({ snapshot: { value, context: data, status, output, tags } }) => ({
        value,
        context: data,
        status,
        output,
        tags: [...tags],
      }),
      can: ({ snapshot }, event: AnyEventObject) => snapshot.can(event),
    },
    info: (situation, message) => {
      if (!isTimer(message)) {
        if (typeof (message as Partial<AnyEventObject> | undefined)?.type === 'string') take(situation, message as AnyEventObject);
        return;
      }
      situation.timers.delete(message.xstate);
      take(situation, message.event);
    },
    snapshot: ({ snapshot, ...rest }): Persisted => ({ ...rest, machine: machine.getPersistedSnapshot(snapshot) }),
    restore: revive as never,
    ...(version === undefined ? {} : { version }),
    ...(migrate === undefined
      ? {}
      : {
          migrate: (old: unknown, from: number | string) =>
            revive({ ...(old as Persisted), machine: migrate((old as Persisted).machine, from) }),
        }),
  }) as never;
}
