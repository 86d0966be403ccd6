import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, { existsSync, fstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marks } from '../../src/executors/processes/marks.ts';
import { first, further, oneIn } from '../soak.ts';
import { openCells } from './stage.ts';

const test = oneIn(4, import.meta.url);

const INDEX = new URL('../../src/index.js', import.meta.url).href;
const raw = (name: string): string => new URL(`../fixtures/raw/${name}`, import.meta.url).href;

/** What a program prints as JSON. */
function printed(flags: readonly string[], program: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  const file = join(folder, 'main.mjs');
  writeFileSync(file, `import { Pool } from '${INDEX}';\n${program}`);
  const options = { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] } as const;
  try {
    return JSON.parse(execFileSync(process.execPath, [...flags, file], { ...options, stdio: [...options.stdio] }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ISOLATIONS = first(1, ['process', 'escalate', 'thread']);

test('cells have the flags of their program, but not those of its own code: a hook is loaded in both kinds of them', () => {
  const program = `
    const found = [];
    for (const isolation of ${JSON.stringify(ISOLATIONS)}) {
      const pool = new Pool({ filename: '${raw('needs-hook.mjs')}', isolation, threads: 1, spares: 0, retry: { minTimeout: 0 } });
      const pid = isolation === 'escalate' ? await pool.run(process.pid, { name: 'crashHere' }) : 0;
      found.push([isolation, await pool.run(), pid === process.pid]);
      await pool.close();
    }
    console.log(JSON.stringify(found));`;
  assert.deepEqual(printed(['--import', raw('hook.mjs'), '--inspect-port=0'], program), [
    ...ISOLATIONS.map((isolation) => [isolation, true, false]),
  ]);
});

for (const [which, folders] of [
  ['that is full, or none,', ['/nowhere/at/all', tmpdir(), tmpdir()]],
  ['of the default that is full', undefined],
] as const) {
  const skip = folders === undefined && !existsSync('/dev/shm') && 'no shared memory here';
  test(`a folder for marks ${which} is passed over for one that has room`, { skip }, () => {
    const { writeSync } = fs;
    let writes = 0;
    fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
      if (++writes === 1) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      return writeSync(...args);
    }) as never;
    syncBuiltinESMExports();
    try {
      const marks = folders === undefined ? new Marks(3) : new Marks(3, folders);
      assert.equal(writes, 2);
      const { size } = fstatSync(marks.descriptor);
      for (let i = 0; i < 6; i++) marks.take();
      assert.equal(fstatSync(marks.descriptor).size, size, 'the room for its threads is there from the beginning');
      marks.close();
    } finally {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    }
  });
}

test('where nothing can be written, the constructor says so, with every reason', () => {
  const error = {
    code: 'ERR_INVALID_OPTION',
    message: /Expected \/proc or \/nowhere to have room.*Got \/proc: .*; \/nowhere: ENOENT.*TMPDIR/,
  };
  assert.throws(() => new Marks(1, ['/proc', '/nowhere']), error);
});

further("under Node's permission model the constructor names what is missing", () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  const program = `
    const errors = [];
    for (const isolation of ['process', 'escalate']) {
      try { new Pool({ filename: '${raw('hook.mjs')}', isolation }); } catch ({ code, message }) { errors.push(code + ' ' + message); }
    }
    console.log(JSON.stringify(errors));`;
  const base = [flag, '--allow-fs-read=*', '--allow-worker'];
  for (const error of printed(base, program) as string[]) assert.match(error, /^ERR_INVALID_OPTION isolation: .*--allow-child-process/);
  const unwritable = printed([...base, '--allow-child-process'], program) as string[];
  assert.equal(unwritable.length, 2);
  for (const error of unwritable) assert.match(error, /^ERR_INVALID_OPTION isolation: Expected .* room .*restricted/);
});

test('an executable that cannot be started is named', async () => {
  await using pool = openCells({ execPath: fileURLToPath(raw('hook.mjs')), restart: { intensity: 0 } });
  const error = (await pool.run(1).catch((reason: unknown) => reason)) as Error & { cause: Error };
  assert.equal((error.cause.cause as NodeJS.ErrnoException).code, 'EACCES');
});
