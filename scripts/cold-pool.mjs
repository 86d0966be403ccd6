// What a pool costs before it has done anything: node scripts/cold-pool.mjs [--rounds 10] [--only defaults,64,256]
// Runs programs of Piscina and of this package in turn, each in a process of its own, and prints medians and ratios of pairs with their 95 % interval.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10' }, only: { type: 'string', default: 'defaults,64,256' } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = Number(values.rounds);

/** Milliseconds of idleness after which memory is read, and after which threads without work go. */
const [SETTLED, IDLE] = [500, 1_000];

/** The program that is measured; `max` threads, or what the package does by default. */
const programOf = (contender, max, task) => `
const rss = () => process.memoryUsage.rss() / 1_048_576;
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const told = {};
const { ${contender === 'piscina' ? 'Piscina' : 'Pool'}: Made } = await import('${contender}');
const before = performance.now();
const pool = new Made({ filename: ${JSON.stringify(task)}${
  max === undefined
    ? ''
    : contender === 'piscina'
      ? `, minThreads: 1, maxThreads: ${max}, idleTimeout: ${IDLE}, concurrentTasksPerWorker: 1`
      : `, threads: { min: 1, max: ${max} }, idleTimeout: ${IDLE}`
} });
told['constructor, ms'] = performance.now() - before;
await pool.run(0);
told['first result, ms'] = performance.now();
told['first result, CPU ms'] = cpu();
await wait(${SETTLED});
told['idle, MB'] = rss();
${
  max === undefined
    ? ''
    : `const burst = Array.from({ length: ${max} }, () => pool.run(200));
await Promise.all(burst);
told['after a burst, MB'] = rss();
await wait(${IDLE + 2_000});
told['after idleTimeout, MB'] = rss();`
}
console.log(JSON.stringify(told));
process.exit(0);
`;

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Mean ratio of pairs (of their logarithms), and by which factor it may be off. */
function ratioOf(ours, theirs) {
  const logs = ours.map((value, i) => Math.log(value / theirs[i]));
  const mean = logs.reduce((sum, one) => sum + one, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, logs.length - 1) / logs.length);
  const t = 1.96 + 2.5 / Math.max(1, logs.length - 1); // Student's quantile, near enough.
  return [Math.exp(mean), Math.exp(mean - t * spread), Math.exp(mean + t * spread)];
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cold-'));
const task = join(folder, 'task.mjs');
writeFileSync(task, 'export default (ms) => (ms === 0 ? 0 : new Promise((resolve) => setTimeout(resolve, ms, ms)));\n');
try {
  for (const only of values.only.split(',')) {
    const max = only === 'defaults' ? undefined : Number(only);
    const seen = { piscina: [], holdfast: [] };
    for (let round = 0; round < rounds; round++) {
      for (const contender of round % 2 === 0 ? ['piscina', 'holdfast'] : ['holdfast', 'piscina']) {
        const program = programOf(contender, max, contender === 'piscina' ? task : pathToFileURL(task).href);
        const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
        seen[contender].push(JSON.parse(text));
      }
      process.stderr.write('.');
    }
    console.log(
      `\n| ${max === undefined ? 'default options' : `up to ${max} threads`} | piscina | holdfast | ratio (95 %) |\n|---|---:|---:|---:|`,
    );
    for (const name of Object.keys(seen.piscina[0])) {
      const [theirs, ours] = [seen.piscina, seen.holdfast].map((all) => all.map((one) => one[name]));
      const [ratio, low, high] = ratioOf(ours, theirs).map((one) => one.toFixed(2));
      console.log(`| ${name} | ${median(theirs).toFixed(1)} | ${median(ours).toFixed(1)} | ${ratio} (${low} to ${high}) |`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
