import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/core/time/system-clock.ts';
import { fromBytes, toBytes } from '../../../src/core/wire/bytes.ts';
import type { Hearing, Reader } from '../../../src/executors/nodes/link/link.ts';
import { MemoryLink } from '../../../src/executors/nodes/link/memory-link.ts';
import type { Frame, Parcel, ToNode } from '../../../src/executors/nodes/protocol.ts';
import { clusters } from '../pool.ts';
import { agent } from '../stage.ts';

type Tasks = typeof import('../../fixtures/node-tasks.js');
const filename = new URL('../../fixtures/node-tasks.js', import.meta.url);
const DOWN = ':down';

/**
 * A link of a node that puts a small bundle and the large one which follows it into one frame, and then waits with what lies beside the channel. The
 * protocol allows such a frame. An outbox of today does not make it: it lays a large value aside before it makes a frame, which then begins with it.
 */
class JoiningLink extends MemoryLink {
  /** Values that were asked for. */
  asked = 0;
  release!: () => void;
  readonly #released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  override receive(channel: string, hearing: Hearing): Reader {
    return super.receive(channel, channel.endsWith(DOWN) ? joined(hearing) : hearing);
  }

  override async take(key: string): Promise<Uint8Array | undefined> {
    this.asked++;
    await this.#released;
    return super.take(key);
  }
}

/** From the first frame with a bundle on, frames are held until one comes with something beside the channel. Then all that they hold goes in the first. */
function joined(hearing: Hearing): Hearing {
  let held: Frame<ToNode>[] | undefined = [];
  const passOn = ([session, number, ack, marks]: Frame<ToNode>, parcels: readonly Parcel<ToNode>[]): void =>
    hearing.frame(number, toBytes([session, number, ack, marks, parcels]));
  return {
    begun: () => hearing.begun?.(),
    frame: (number, bytes) => {
      const frame = fromBytes(bytes) as Frame<ToNode>;
      if (held === undefined || (held.length === 0 && !frame[4].some(([message]) => message.do === 'run'))) {
        hearing.frame(number, bytes);
        return;
      }
      held.push(frame);
      if (!frame[4].some(([, body]) => typeof body === 'string')) return;
      const [first, ...others] = held;
      passOn(
        first!,
        held.flatMap(([, , , , parcels]) => parcels),
      );
      for (const other of others) passOn(other, []);
      held = undefined;
    },
    gone: () => hearing.gone(),
  };
}

const cluster = clusters();

test('a result counts that comes while its node still fetches what came in the same frame', async (t) => {
  const one = cluster();
  const link = new JoiningLink(one.broker, systemClock);
  const node = await agent(link, { filename: filename.href, beat: 20 });
  const pool = one.pool<Tasks>({ filename, threads: 2, spares: 0, nodes: { silence: 60_000 } });
  t.after(async () => {
    link.release();
    await pool.close({ force: true });
    await node.stop();
  });
  await pool.ready();
  const events: string[] = [];
  for (const name of ['workerExit', 'crash', 'retry', 'timeout'] as const) pool.on(name, () => events.push(name));
  const late = new Promise<never>((_, reject) => {
    pool.once('late', () => reject(new Error('The result was taken for a forgery.')));
  });

  let runs = 0;
  let fetched = false;
  const small = pool.run(21, { name: 'slow', onProgress: () => runs++ });
  const large = pool.run(new Uint8Array(2 * 1_048_576), { name: 'sizeOf' }).then((size) => {
    fetched = true;
    return size;
  });
  assert.equal(await Promise.race([small, late]), 42);
  assert.deepEqual([link.asked, fetched, runs], [1, false, 1]);
  link.release();
  assert.equal(await Promise.race([large, late]), 2 * 1_048_576);
  assert.deepEqual([events, runs], [[], 1]);
});
