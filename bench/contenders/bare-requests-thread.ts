import { parentPort } from 'node:worker_threads';

/** What the server of the benchmark does, written by hand: no replay, no time-out, no error that is not one of the program's own. */
let count = 0;
parentPort!.on('message', ({ id, message }: { id: number; message: { count: number } }) => {
  count += message.count;
  parentPort!.postMessage({ id, reply: count });
});
parentPort!.postMessage('ready');
