// The process of one contender in one round of one variant: nothing else runs in it, and nothing of it is left behind.
import type { Outcome } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { contenderOf, IDEAL } from './contenders/index.ts';
import { watchOthers } from './drive/disturbance.ts';
import { calibrate } from './ideal/calibrate.ts';
import type { Order, Reply } from './runner/messages.ts';

let uncaught = 0;
let firstUncaught: string | undefined;
const count = (error: unknown): void => {
  uncaught++;
  firstUncaught ??= String(error).split('\n')[0];
};
// A pool that lets an exception escape would kill a real process. Here it is counted, and the case goes on.
process.on('uncaughtException', count);
process.on('unhandledRejection', count);

const tell = (reply: Reply): Promise<void> =>
  new Promise((resolve) => {
    process.send!(reply, () => resolve());
  });

async function obey(order: Order): Promise<Reply> {
  if (order.kind === 'calibrate') return { kind: 'calibration', calibration: await calibrate(order.deaths, order.threads) };
  const { variant, scale, threads, seed, calibration } = order;
  const othersSince = watchOthers();
  const found = CASES.find(({ name }) => name === order.case)!;
  const bench = { scale, threads, seed, calibration, progress: (figures: Outcome['figures']) => void tell({ kind: 'progress', figures }) };
  if (order.contender === IDEAL) {
    const ideal = await found.ideal!(bench, variant);
    return { kind: 'outcome', outcome: { ...ideal, figures: { ...ideal.figures, othersCores: othersSince() } } };
  }
  const outcome = await found.measure({ ...bench, contender: contenderOf(order.contender) }, variant);
  // One more turn, so that what a case left behind has a chance to blow up where it is seen.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const note = [outcome.note, firstUncaught && `uncaught: ${firstUncaught}`].filter(Boolean).join(' | ');
  return {
    kind: 'outcome',
    outcome: { ...outcome, figures: { ...outcome.figures, uncaught, othersCores: othersSince() }, ...(note ? { note } : {}) },
  };
}

process.once('message', async (order: Order) => {
  try {
    await tell(await obey(order));
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
});
