import type { MessagePort } from 'node:worker_threads';
import { ControlBlock } from '../core/wire/control-block.ts';
import { type RunMessage, TO_THREAD } from '../core/wire/wire.ts';
import type { Handlers } from './modules/task-modules.ts';
import { Report } from './report.ts';
import { Runner } from './runner.ts';

/** A stage without an audience: what is sent there has no reader. */
const NOWHERE = { postMessage: () => {} } as unknown as MessagePort;
const NOTHING: Handlers = { handler: () => (input: unknown) => input };

/**
 * Runs a bundle that does nothing, on a control block of its own. A function is compiled when it is called for the first time; after this,
 * what the first task of a thread needs is compiled before the task comes. A spare has the time for it, the task that waits for one has not.
 */
export function rehearse(): void {
  const control = new ControlBlock();
  control.open(1);
  const bundles: RunMessage[] = [[TO_THREAD.run, 1, [0], [undefined], undefined]];
  new Runner({
    around: { port: NOWHERE, control, runLimit: 0, time: { now: () => 0, lived: () => 0 } },
    report: new Report(NOWHERE, control, 'cloned'),
    modules: NOTHING,
    name: 'default',
    call: (handler, input) => handler(input),
    now: () => 0,
    receive: () => bundles.pop(),
    afterTurn: () => {},
    onIdle: () => {},
    onBroken: () => {},
  }).wake();
}
