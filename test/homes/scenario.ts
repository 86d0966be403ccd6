/** What a program does with the package, wherever it is: every kind of thing that crosses from one side to the other. Plain JavaScript. */
export const SCENARIO = `
async function scenario({ Pool, attemptsOf }, filename, options = {}) {
  const pool = new Pool({ filename, threads: 2, spares: 0, ...options });
  try {
    const sum = await pool.run([1, 2, 3], { name: 'sum' });
    const voted = await pool.run({ a: [1, { b: new Uint8Array(3) }] }, { redundancy: { replicas: 2, quorum: 2, maxReplicas: 2 } });
    const error = await pool.run('on purpose', { name: 'fail' }).catch((thrown) => thrown);
    const controller = new AbortController();
    const hanging = pool.run(0, { name: 'hang', signal: controller.signal }).catch((thrown) => thrown.code);
    controller.abort();
    const died = await pool.run(0, { name: 'die', retry: 1 }).catch((thrown) => thrown.code + ' ' + attemptsOf(thrown).length);
    const progress = [];
    await pool.run(2, { name: 'tell', onProgress: (value) => progress.push(value) });
    const mapped = [];
    for await (const value of pool.map([1, 2, 3])) mapped.push(value);
    const seen = [error.name, error.message, error instanceof RangeError];
    return JSON.stringify({ sum, b: voted.a[1].b.length, seen, aborted: await hanging, died, progress, mapped });
  } finally {
    await pool.close();
  }
}`;

export const EXPECTED: string = JSON.stringify({
  sum: 6,
  b: 3,
  seen: ['RangeError', 'on purpose', true],
  aborted: 'ERR_TASK_ABORTED',
  died: 'ERR_WORKER_CRASHED 2',
  progress: [0, 1],
  mapped: [1, 2, 3],
});

const TASKS = {
  sum: '(list) => list.reduce((a, b) => a + b, 0)',
  fail: '(message) => { throw new RangeError(message); }',
  hang: '() => new Promise(() => {})',
  die: '() => process.exit(3)',
  tell: '(n) => { for (let i = 0; i < n; i++) context().progress(i); }',
};

/** The task module, as an ES module and as CommonJS. */
export const TASK_FILES: Readonly<Record<string, string>> = {
  'task.mjs': `import { context } from 'holdfast/worker';
export default (value) => value;
${Object.entries(TASKS)
  .map(([name, code]) => `export const ${name} = ${code};`)
  .join('\n')}
`,
  'task.cjs': `const { context } = require('holdfast/worker');
module.exports = (value) => value;
Object.assign(module.exports, { default: module.exports, ${Object.entries(TASKS)
    .map(([name, code]) => `${name}: ${code}`)
    .join(', ')} });
`,
};

/** A program that prints what came of it. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  ...TASK_FILES,
  'main.mjs': `import * as holdfast from 'holdfast';
${SCENARIO}
console.log(await scenario(holdfast, new URL('./task.mjs', import.meta.url)));
`,
  'main.cjs': `const holdfast = require('holdfast');
${SCENARIO}
scenario(holdfast, require('node:path').join(__dirname, 'task.cjs')).then(console.log);
`,
};
