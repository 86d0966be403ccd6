// Tasks for the pictures of the observer: some that work, and some that die of it.
import { threadId } from 'node:worker_threads';

// A module that does not load, for a pool that fails.
if (import.meta.url.endsWith('?broken')) throw new Error('No licence server at licences.example:7000.');

const spin = (ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

export default (n) => n;

export const thumbnail = (ms) => {
  spin(ms);
  return ms;
};

/** One in twenty kills its thread or never ends, some throw. */
export const shaky = ({ ms, fate }) => {
  spin(ms);
  if (fate === 'crash') process.exit(3);
  if (fate === 'oom') {
    const kept = [];
    for (;;) kept.push(new Array(1_000).fill(kept.length));
  }
  if (fate === 'hang') for (;;);
  if (fate === 'throw') throw new RangeError(`No image has ${ms} colours.`);
  return ms;
};

/** Some threads compute wrongly, now and then. */
export const sum = ({ ms, of }) => {
  spin(ms);
  const right = of.reduce((total, one) => total + one, 0);
  return threadId % 3 === 2 && of[0] % 20 === 0 ? right + 1 : right;
};
