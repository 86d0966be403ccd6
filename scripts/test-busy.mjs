import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Runs the tests over and over beside busy loops: a test that leans on the speed of the machine fails here.

  node scripts/test-busy.mjs [options] [part of a path...]

  --times <n>    runs (default: 20)
  --loops <n>    processes that do nothing but compute, beside (default: 3)
  --help         this

Prints the time of each run, and of one that fails what failed; exits 1 if any did. Parts of paths are those of scripts/test.mjs.
`;

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '20' },
    loops: { type: 'string', default: '3' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
for (const name of ['times', 'loops']) {
  if (!/^\d+$/.test(options[name])) {
    console.error(`Expected a whole number for --${name}, got ${options[name]}.`);
    process.exit(2);
  }
}

// Each ends with this process, whatever ends it: its standard input is closed then.
const BUSY =
  'process.stdin.resume().on("end", () => process.exit()); const on = () => { const end = Date.now() + 20; while (Date.now() < end); setImmediate(on); }; on();';
const loops = Array.from({ length: Number(options.loops) }, () =>
  spawn(process.execPath, ['-e', BUSY], { stdio: ['pipe', 'ignore', 'ignore'] }),
);

const test = fileURLToPath(new URL('./test.mjs', import.meta.url));
const seconds = [];
let failed = 0;
for (let i = 1; i <= Number(options.times); i++) {
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [test, ...filters], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  seconds.push((Date.now() - began) / 1_000);
  console.log(`${i}: ${status === 0 ? 'passed' : 'FAILED'} after ${Math.round(seconds.at(-1))} s`);
  if (status === 0) continue;
  failed++;
  const from = stdout.lastIndexOf('failing tests:');
  console.log(from === -1 ? stdout.slice(-5_000) : stdout.slice(from), stderr);
}
for (const loop of loops) loop.stdin.end();
seconds.sort((a, b) => a - b);
const [least, median, most] = [seconds[0], seconds[seconds.length >> 1], seconds.at(-1)].map((s) => Math.round(s ?? 0));
console.log(`${seconds.length} runs beside ${loops.length} busy loops, ${failed} failed; ${least} to ${most} s, median ${median} s`);
process.exitCode = failed === 0 ? 0 : 1;
