// A process that manages durable jobs: a child of a node. It takes one job; for the next one there is a new process, in which nothing is left of it.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseBrokerUrl } from '../../core/broker/broker-url.ts';
import { messageOf } from '../../core/foreign/message.ts';
import { systemClock } from '../../core/time/system-clock.ts';
import { connect } from '../../durable/connect.ts';
import { HeldJob } from '../../durable/held-job.ts';
import { JobKeys } from '../../durable/keys.ts';
import { JobSource, loadBullMQ } from '../../durable/queue.ts';
import { leave } from '../run/job/run-request.ts';
import { manageNext } from './job-manager.ts';
import type { FromJobManager, ToManager } from './manager-messages.ts';

/** Milliseconds between two announcements; a manager without them is not shown any more. */
const ANNOUNCE = 1_000;
/** Milliseconds between two renewals of what BullMQ keeps. */
const RENEW = 10_000;

/** Milliseconds that a last word to Redis may take. */
const LEAVE = 1_000;

const leaving = new AbortController();
let job: string | undefined;

const say = (message: FromJobManager): void => void process.send!(message, () => {});

async function serve({ url, name, node }: ToManager & { type: 'begin' }): Promise<void> {
  const keys = new JobKeys(name);
  await loadBullMQ();
  const client = await connect(parseBrokerUrl(url));
  const source = await JobSource.open(client, keys.prefix);
  const me = { id: `${node}:${process.pid}:${randomBytes(3).toString('hex')}`, host: hostname(), pid: process.pid, node };
  const held = new HeldJob(client, keys, me, systemClock);
  const announce = (): void => void held.announce(job).catch(() => {});
  announce();
  void held.tidy().catch(() => {});
  setInterval(announce, ANNOUNCE);
  setInterval(() => void source.renew().catch(() => {}), RENEW);
  say({ type: 'ready' });
  await manageNext({
    held,
    source,
    clock: systemClock,
    nodes: { url, name },
    leaving: leaving.signal,
    say: (news) => say({ type: 'news', news }),
    onJob: (out) => {
      job = out;
      announce();
    },
  });
  await Promise.race([held.leave().catch(() => {}), delay(LEAVE)]);
}

// What a key in the terminal means is decided by the node.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: ToManager) => {
  if (message.type === 'drain') {
    leaving.abort();
    // It waits for a job, or for a Redis that is away.
    if (job === undefined) leave();
    return;
  }
  void serve(message)
    .catch((error: unknown) => new Promise<void>((done) => process.send!({ type: 'unable', message: messageOf(error) }, () => done())))
    .then(leave);
});
