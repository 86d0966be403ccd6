import type { Frame } from '../frames.ts';
import type { Store } from './store.ts';

/** Milliseconds without a frame after which the program's main thread seems to be blocked. */
const STALLED = 3_000;
/** Milliseconds between two attempts to reach a server that is away. */
const AGAIN = 1_000;

/** Follows the stream beside the page, and goes on doing so after the server was away. */
export function connect(store: Store): void {
  let source: EventSource | undefined;
  let heardAt = performance.now();
  const open = (): void => {
    source = new EventSource('events');
    source.onmessage = ({ data }: MessageEvent<string>) => {
      heardAt = performance.now();
      store.hear(JSON.parse(data) as Frame);
    };
    source.onerror = () => {
      store.link('lost');
      // The browser gives up for good after an answer that is no stream, such as that of a full server.
      source?.close();
      setTimeout(open, AGAIN);
    };
  };
  open();
  setInterval(() => {
    if (store.state.link === 'live' && performance.now() - heardAt > STALLED) store.link('stalled');
  }, 500);
}
