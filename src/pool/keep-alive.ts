import timers from 'node:timers';

// Taken once, and from Node's module: see core/system-clock.ts.
const { setInterval, clearInterval } = timers;

/** Keeps the process alive while there is work, and only then: threads and timers of the pool never do. */
export interface KeepAlive {
  hold(): void;
  release(): void;
  close(): void;
}

/** One timer for the whole pool; taking hold costs next to nothing. */
export function systemKeepAlive(): KeepAlive {
  const timer = setInterval(() => {}, 2_147_483_647).unref();
  let holders = 0;
  return {
    hold: () => {
      if (holders++ === 0) timer.ref();
    },
    release: () => {
      if (--holders === 0) timer.unref();
    },
    close: () => clearInterval(timer),
  };
}
