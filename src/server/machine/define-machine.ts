import { asDefinition } from '../define/marks.ts';
import { Interpreter } from './interpreter.ts';
import type { MachineDefinition, MachineHandlers, MachineSituation, MachineState } from './machine-definition.ts';

/**
 * Defines a state machine, after Erlang/OTP's `gen_statem`. It is a server: export it by default, and start it with `startServer`. Every event can be
 * called and cast; `read` has `state`. A transition to a state that is not there does not compile.
 *
 * ```ts
 * export default defineMachine({
 *   initial: 'locked',
 *   data: () => ({ coins: 0 }),
 *   states: {
 *     locked: { on: { coin: (data) => ({ to: 'open', reply: ++data.coins }) } },
 *     open: { on: { push: 'locked' }, after: { 5_000: 'locked' } },
 *   },
 * });
 * ```
 */
export function defineMachine<Data extends object, Names extends string, const States, Options = void>(
  // The names are read off the keys, and what each state has off the table itself.
  machine: MachineHandlers<Data, Options, States & Readonly<Record<Names, MachineState<Data, NoInfer<Names>>>>, NoInfer<Names>>,
): MachineDefinition<Data, Options, States> {
  const interpreter = new Interpreter(machine as never);
  const events = new Set(Object.values<MachineState<Data, string>>(machine.states as never).flatMap(({ on = {} }) => Object.keys(on)));
  const table = (how: 'call' | 'cast') =>
    Object.fromEntries(
      [...events].map((event) => [event, (situation: MachineSituation, message: unknown) => interpreter[how](situation, event, message)]),
    );
  const server = {
    init: (options: Options) => interpreter.begin(machine.initial, machine.data(options)),
    call: table('call'),
    cast: table('cast'),
    read: { state: ({ state }: MachineSituation) => state },
    info: (situation: MachineSituation, message: unknown) => interpreter.info(situation, message),
    ...(machine.version === undefined ? {} : { version: machine.version }),
    machine,
  };
  return asDefinition(server) as never;
}
