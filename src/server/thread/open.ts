import { isPending } from '../../core/foreign/intrinsics.ts';
import { encodeForSure } from '../../core/wire/codec.ts';
import { messageOf } from '../content.ts';
import type { Control } from '../control.ts';
import { handling } from '../define/context.ts';
import { isIgnore } from '../define/marks.ts';
import { FROM, type FromThread, PHASE, type StateBytes, type ThreadInit, TO, type ToThread } from '../wire.ts';
import { Applier } from './applier.ts';
import { HeldState } from './held-state.ts';
import { type AnyServer, HandlerTable, serverIn } from './load-server.ts';
import { Scope } from './scope.ts';

/** What a thread of a server stands on, real or simulated. */
export interface ThreadPlace {
  readonly control: Control;
  post(message: FromThread): void;
  keep(state: Uint8Array): StateBytes;
  now(): number;
  die(): void;
  load(href: string): Promise<Record<string, unknown>>;
}

/** An open thread: what it is sent goes here. */
export interface OpenThread {
  readonly applier: Applier;
  receive(message: ToThread): void;
}

/** Loads the module, makes or restores the state, and says so. `undefined` if there is nothing to serve; that was said as well. */
export async function openThread(init: ThreadInit, place: ThreadPlace): Promise<OpenThread | undefined> {
  try {
    const server = serverIn(await place.load(init.href), init.exported, init.href);
    const around = {
      server: init.server,
      name: init.name,
      replica: init.replica,
      seed: init.seed,
      ask: (...order: Ask) => place.post([FROM.ask, ...order]),
    };
    const scope = new Scope(around, undefined, {
      seq: 0,
      part: 0,
      at: init.at,
      replaying: init.from.kind === 'snapshot',
      answers: undefined,
    });
    const held =
      init.from.kind === 'snapshot'
        ? HeldState.restore(server, init.from.bytes)
        : await begun(server, scope, messageOf(init.from.options), place);
    if (held === undefined) {
      place.post([FROM.ignored]);
      return undefined;
    }
    const applied = init.from.kind === 'snapshot' ? init.from.seq : 0;
    const applier = new Applier({ ...place, server, around, watches: init.watches, reportsWait: init.reportsWait }, held, applied, init.at);
    const first = init.logged && init.from.kind === 'init' ? place.keep(held.snapshot()) : undefined;
    place.post([FROM.ready, first, scope.effects, new HandlerTable(server).names()]);
    return {
      applier,
      receive: (message) => {
        if (message[0] === TO.items) applier.take(message[1]);
        else if (message[0] === TO.answer) applier.answered(message[1], message[2]);
        else applier.take([message]);
      },
    };
  } catch (error) {
    place.post([FROM.failed, encodeForSure(error)]);
    return undefined;
  }
}

type Ask = Extract<FromThread, readonly [typeof FROM.ask, ...unknown[]]> extends readonly [unknown, ...infer Rest] ? Rest : never;

async function begun(server: AnyServer, scope: Scope, options: unknown, { control, now }: ThreadPlace): Promise<HeldState | undefined> {
  control.begin(PHASE.other, 0, now());
  const made: unknown = handling.later.run(scope, () => server.init(options as never));
  const state = isPending(made) ? await made : made;
  control.end();
  if (isIgnore(state)) return undefined;
  const held = HeldState.begin(server, state);
  held.continues.push(...(scope.continues ?? []));
  for (const [ref, message] of scope.timers ?? []) held.timers.set(ref, message);
  return held;
}
