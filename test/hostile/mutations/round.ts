import { fuzz, look } from '../fuzz.ts';

// Rounds of the fuzzer, from this seed on, until something is noticed.
const [first = '1', rounds = '25'] = process.argv.slice(2);

/** What went wrong, in one line. */
function inShort(error: unknown): string {
  const { cause, message } = error as { cause?: unknown; message?: string };
  const [line] = (cause instanceof Error ? String(cause.message) : String(message)).split('\n').filter((one) => one.trim() !== '');
  return /Got (?:error|\w*Error): (.*)/.exec(String(message))?.[1] ?? line ?? 'something';
}

process.on('uncaughtException', (error) => {
  console.log(`noticed: uncaught ${inShort(error)}`);
  process.exit(1);
});
for (let seed = Number(first); seed < Number(first) + Number(rounds); seed++) {
  console.log(`round ${seed}`);
  try {
    look(seed, 1_000);
    await fuzz('thread', seed, 40);
    await fuzz('cell', seed, 40);
  } catch (error) {
    console.log(`noticed: ${inShort(error)}`);
    process.exit(1);
  }
}
