import { startServer } from 'holdfast/server';
import type { Book, Order, Receipt } from './book.ts';

export interface Day {
  readonly placed: readonly { readonly order: Order; readonly receipt: Receipt }[];
  readonly rejected: number;
  readonly deaths: number;
  readonly takeOvers: number;
  readonly seconds: number;
  readonly book: Book;
}

type Bug = 'throws' | 'exits' | 'loops';
const BUGS: readonly Bug[] = ['throws', 'exits', 'loops'];

/** Numbers that look drawn, and are the same each time. */
function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A day of trading: many traders at once, each waiting for the receipt of its last order, while thread after thread dies under the book. */
export async function trade(orders: number, traders: number, crashes: number, seed: number): Promise<Day> {
  const server = await startServer<typeof import('./server.ts')>({
    filename: new URL('./server.js', import.meta.url),
    standby: 1,
    retry: 0, // An order that has killed a thread once will do so again.
    handlerTimeout: 500,
    callTimeout: 60_000,
    restart: { intensity: crashes + 1, within: 3_600_000, minTimeout: 0 },
  });
  let [deaths, takeOvers] = [0, 0];
  server.on('threadExit', ({ reason }) => {
    if (reason !== 'stopped') deaths++;
  });
  server.on('takeOver', () => takeOvers++);
  const random = drawn(seed);
  const every = Math.max(1, Math.floor(orders / crashes));
  const placed: { order: Order; receipt: Receipt }[] = [];
  let [next, rejected] = [0, 0];
  const began = performance.now();
  const trader = async (): Promise<void> => {
    while (next < orders) {
      const id = next++;
      const order: Order = {
        id,
        side: random() < 0.5 ? 'buy' : 'sell',
        price: 90 + Math.floor(random() * 20),
        count: 1 + Math.floor(random() * 100),
      };
      const bug = id % every === every - 1 ? BUGS[Math.floor(id / every) % BUGS.length] : undefined;
      try {
        placed.push({ order, receipt: await server.call('order', { ...order, bug }) });
      } catch {
        rejected++;
      }
    }
  };
  await Promise.all(Array.from({ length: traders }, trader));
  const seconds = (performance.now() - began) / 1_000;
  const book = await server.call('whole');
  await server.stop();
  return { placed, rejected, deaths, takeOvers, seconds, book };
}
