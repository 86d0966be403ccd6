import assert from 'node:assert/strict';
import { type Server, ServerError, startServer } from '../../../src/server/index.ts';

type Thief = typeof import('../fixtures/thief.ts');

export interface Tally {
  readonly tried: number;
  /** Thefts after which every call was answered rightly. */
  unharmed: number;
  /** Thefts that cost a thread, or the server, and were told as that. */
  told: number;
  /** What came that may not come. */
  readonly wrong: string[];
}

export function startThief(isolation: 'thread' | 'process'): Promise<Server<Thief>> {
  return startServer<Thief>({
    filename: new URL('../fixtures/thief.js', import.meta.url),
    isolation,
    callTimeout: 60_000,
    handlerTimeout: 300, // Of a thread that says nothing any more.
    retry: 0,
    restart: { intensity: 3, minTimeout: 0 },
  });
}

/**
 * Takes one thing after the other away from the thread of a server, inside its module, and calls it. A call is answered rightly, or rejected with an error
 * of the server, and what was answered is in the state; a thread that is of no use any more is replaced, and the next has everything.
 */
export async function stealAll(isolation: 'thread' | 'process', chosen: (names: readonly string[]) => readonly string[]): Promise<Tally> {
  let server = await startThief(isolation);
  let count = 0;
  const names = chosen((await server.call('targets')).names);
  const tally: Tally = { tried: names.length * 2, unharmed: 0, told: 0, wrong: [] };
  for (const name of names) {
    for (const how of ['delete', 'replace'] as const) {
      const errors: unknown[] = [];
      const rejected = (error: unknown): undefined => void errors.push(error);
      const exits = server.status().restarts;
      try {
        await server.call('spoil', { name, how }).catch(rejected);
        for (let by = 1; by <= 3; by++) {
          const reply = await server.call('add', { name, by }).catch(rejected);
          if (reply === undefined) continue;
          count += by;
          assert.deepEqual(reply, { count, name });
        }
        const later = await server.call('later', 4).catch(rejected);
        if (later !== undefined) count += 4;
        assert.ok(later === undefined || later === count, `${later}`);
        await server.call('restore').catch(rejected);
        const seen = await server.call('count').catch(rejected);
        if (seen !== undefined) assert.equal(seen, count);
        for (const error of errors) assert.ok(error instanceof ServerError, String(error));
        if (errors.length === 0 && server.status().restarts === exits) tally.unharmed++;
        else tally.told++;
      } catch (error) {
        tally.wrong.push(`${how} ${name}: ${(error as Error).message.slice(0, 200)}`);
        await server.kill();
      }
      if (errors.length === 0 && tally.wrong.length === 0 && server.status().state === 'open') continue;
      // The next theft begins with a thread from which nothing was taken.
      await server.kill();
      server = await startThief(isolation);
      count = 0;
    }
  }
  await server.kill();
  return tally;
}
