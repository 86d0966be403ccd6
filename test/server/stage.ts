import { type Server, type ServerEventName, type ServerEvents, type ServerOptions, startServer } from '../../src/server/index.ts';
import { turn } from '../next-event.ts';

export type Cart = typeof import('./fixtures/cart.ts');
export const CART = new URL('./fixtures/cart.js', import.meta.url);

/** Limits that no test is about: a busy machine may take long to start a thread anew. */
export const PATIENT = { callTimeout: 60_000, startTimeout: 60_000 } as const;

/** A server that may die as often as a test wants. */
export function startCart(options: Partial<ServerOptions<Cart>> = {}): Promise<Server<Cart>> {
  return startServer<Cart>({
    filename: CART,
    options: { limit: 3 },
    ...PATIENT,
    restart: { intensity: 1_000, minTimeout: 0 },
    ...options,
  });
}

/** The next event of this name; an idle server does not keep the process alive, so a timer has to. */
export function nextOf<Name extends ServerEventName>(
  server: Server<never> | Server<Cart>,
  name: Name,
  isWanted: (event: ServerEvents[Name]) => boolean = () => true,
): Promise<ServerEvents[Name]> {
  const alive = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    server.on(name, (event) => {
      if (!isWanted(event)) return;
      clearInterval(alive);
      resolve(event);
    });
  });
}

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn();
}

/** The code of what a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return `fulfilled: ${String(await promise)}`;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}
