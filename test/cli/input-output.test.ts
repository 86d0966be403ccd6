import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { further, oneIn } from '../soak.ts';
import { holdfast, indexesOf, range, recordsOf, scratch, TASK, writeInput } from './command.ts';

const test = oneIn(4, import.meta.url);

interface Letter {
  readonly index: number;
  readonly line: number;
  readonly input: unknown;
  readonly kind: string;
  readonly error: { readonly name: string; readonly message: string; readonly code?: string };
  readonly attempts: readonly unknown[];
}

test('a file in, results and dead letters out, a summary, exit code 1', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), [
    { n: 1 },
    { n: 2, how: 'throw' },
    { n: 3, how: 'crash once' },
    { n: 4, how: 'nothing' },
    { n: 5, how: 'bigint' },
  ]);
  const { code, stdout, stderr } = await holdfast(['run', TASK, 'in.ndjson', '--out', 'out.ndjson', '--ordered', '--threads', '2'], {
    cwd,
  });
  assert.equal(code, 1, stderr);
  assert.equal(stdout, '');
  assert.match(
    stderr,
    /All done: 5 lines in .*\n +results +3 +out\.ndjson\n +dead letters +2 +out\.failed\.ndjson\n +error 1, output 1\n +retries +1\n/,
  );
  const results = '{"index":0,"value":{"n":1,"square":1}}\n{"index":2,"value":{"n":3,"square":9}}\n{"index":3}\n';
  assert.equal(readFileSync(join(cwd, 'out.ndjson'), 'utf8'), results);
  const [thrown, bigint] = recordsOf<Letter>(join(cwd, 'out.failed.ndjson'));
  assert.deepEqual([thrown!.index, thrown!.line, thrown!.input, thrown!.kind], [1, 2, { n: 2, how: 'throw' }, 'error']);
  assert.deepEqual([thrown!.error.name, thrown!.error.message], ['RangeError', 'line 2 is out of range']);
  assert.equal(thrown!.attempts.length, 1);
  assert.deepEqual([bigint!.kind, bigint!.error.code], ['output', 'ERR_VALUE_NOT_JSON']);
});

test('standard input to standard output: only records there, what tasks print is on standard error', async (t) => {
  const cwd = scratch(t);
  const input = `${JSON.stringify({ n: 1, how: 'print' })}\n{"n":2}`;
  const { code, stdout, stderr } = await holdfast(['run', TASK, '-', '--out', '-', '--ordered', '--json'], { cwd, input });
  assert.equal(code, 0, stderr);
  assert.equal(stdout, '{"index":0,"value":{"n":1,"square":1}}\n{"index":1,"value":{"n":2,"square":4}}\n');
  assert.match(stderr, /task 1 prints/);
  assert.equal(JSON.parse(stderr.trim().split('\n').at(-1)!).outcome, 'complete');
});

test('packed files in, a packed file out, by their endings', async (t) => {
  const cwd = scratch(t);
  writeFileSync(join(cwd, 'a.ndjson.gz'), Buffer.concat([gzipSync('{"n":1}\n{"n"'), gzipSync(':2}\n')]));
  writeFileSync(join(cwd, 'b.ndjson'), '{"n":3}\nno json\n');
  const { code, stderr } = await holdfast(['run', TASK, 'a.ndjson.gz', 'b.ndjson', '-o', 'out.ndjson.gz', '--ordered', '--quiet'], { cwd });
  assert.equal(code, 1, stderr);
  assert.equal(stderr, '');
  const lines = gunzipSync(readFileSync(join(cwd, 'out.ndjson.gz')))
    .toString()
    .split('\n');
  assert.deepEqual(
    lines.slice(0, -1).map((line) => JSON.parse(line).value.n),
    [1, 2, 3],
  );
  const letter = JSON.parse(gunzipSync(readFileSync(join(cwd, 'out.failed.ndjson.gz'))).toString());
  assert.deepEqual([letter.file, letter.line, letter.raw, letter.kind], ['b.ndjson', 2, 'no json', 'input']);
});

further('a line of 100 MB is a failed record with its number, and costs no memory', async (t) => {
  const cwd = scratch(t);
  const file = openSync(join(cwd, 'in.ndjson'), 'w');
  writeSync(file, '{"n":1}\n"');
  for (let i = 0; i < 100; i++) writeSync(file, Buffer.alloc(1_000_000, 'x'));
  writeSync(file, '"\n{"n":2}\n');
  closeSync(file);
  const { code, stderr } = await holdfast(['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--ordered'], { cwd });
  assert.equal(code, 1, stderr);
  assert.deepEqual(indexesOf(join(cwd, 'out.ndjson')), [0, 2]);
  const [letter] = recordsOf<Letter & { raw: string; bytes: number }>(join(cwd, 'out.failed.ndjson'));
  assert.deepEqual([letter!.line, letter!.kind, letter!.error.code, letter!.bytes], [2, 'input', 'ERR_LINE_TOO_LONG', 100_000_002]);
  assert.ok(letter!.raw.length <= 1_000);
});

further('a truncated packed input stops the job, which goes on when it is whole', async (t) => {
  const cwd = scratch(t);
  const whole = gzipSync(Array.from({ length: 3_000 }, (_, n) => `{"n":${n}}\n`).join(''), { level: 1 });
  writeFileSync(join(cwd, 'in.gz'), whole.subarray(0, whole.length - 1_000));
  const args = ['run', TASK, 'in.gz', '-o', 'out.ndjson'];
  const torn = await holdfast(args, { cwd });
  assert.equal(torn.code, 3, torn.stderr);
  assert.match(torn.stderr, /in\.gz cannot be read: unexpected end of file/);
  writeFileSync(join(cwd, 'in.gz'), whole);
  const { code, stderr } = await holdfast([...args, '--resume'], { cwd });
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    indexesOf(join(cwd, 'out.ndjson')).sort((a, b) => a - b),
    range(3_000),
  );
});

test('a task module in TypeScript runs where Node runs it; where it does not, the error says what to do', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), [{ n: 1 }, { n: 2 }]);
  const worker = new URL('../../src/thread/worker.js', import.meta.url).href;
  const task = `import { context } from '${worker}';
    export const twice = ({ n }: { n: number }): number => (n * 2 * context().attempt) as number;
    export default ({ n }: { n: number }): number => n;`;
  writeFileSync(join(cwd, 'task.ts'), task);
  const { code, stderr } = await holdfast(['run', 'task.ts', 'in.ndjson', '-o', 'out.ndjson', '--name', 'twice', '--ordered'], { cwd });
  if (!(process.features as { typescript?: unknown }).typescript) {
    assert.match(stderr, /^holdfast: Node v\S+ cannot run the TypeScript module .*task\.ts\. Compile it.*or use Node 22\.18 or later/);
    assert.deepEqual([code, existsSync(join(cwd, 'out.ndjson'))], [2, false]);
    return;
  }
  assert.equal(code, 0, stderr);
  assert.equal(readFileSync(join(cwd, 'out.ndjson'), 'utf8'), '{"index":0,"value":2}\n{"index":1,"value":4}\n');
});
