import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

/** Files that the package reads by itself, and those that it requires, as a program sees them. */
const PROGRAM = `
  import fs from 'node:fs';
  import { createRequire } from 'node:module';
  const short = (file) => String(file).replaceAll('\\\\', '/').replace(/.*(node_modules|dist.src)./, '');
  const read = [];
  const { readFileSync } = fs;
  fs.readFileSync = (file, ...rest) => {
    read.push(short(file));
    return readFileSync(file, ...rest);
  };
  const { cache } = createRequire(import.meta.resolve('holdfast'));
  const rooms = () => Object.keys(cache).map(short).filter((file) => file.endsWith('room.cjs')).sort();
  const { BrokerError, InvalidOptionError, Pool } = await import('holdfast');
  const filename = ${JSON.stringify(new URL('../fixtures/piscina/piscina-tasks.js', import.meta.url).href)};
  const told = {};
`;

const told = (program: string): unknown =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', `${PROGRAM}${program}\nconsole.log(JSON.stringify(told));`], {
      encoding: 'utf8',
      timeout: 60_000,
    }),
  );

test('the constructor of a pool leaves its threads, and loading Piscina, to the moment after it', () => {
  const program = `
    const pool = new Pool({ filename, threads: 4 });
    told.made = read.splice(0);
    const results = [pool.run({ n: 1 }), pool.run({ n: 2 })];
    told.run = read.splice(0);
    await undefined;
    await undefined;
    told.after = read.splice(0);
    told.results = await Promise.all(results);
    told.rooms = rooms();
    await pool.close();
    // Ended before anything of it was loaded.
    await new Pool({ filename }).close({ force: true });`;
  assert.deepEqual(told(program), {
    made: [],
    run: [],
    after: ['piscina/package.json', 'executors/threads/piscina.cjs'],
    results: [2, 4],
    rooms: [],
  });
});

test('what cells and nodes need is loaded for pools that have them, and its errors are the same classes', () => {
  const program = `
    try {
      new Pool({ filename, isolation: 'process', execPath: '/no/such/program' });
    } catch (error) {
      told.refused = error instanceof InvalidOptionError;
    }
    for (const isolation of ['process', 'escalate']) {
      const pool = new Pool({ filename, isolation, threads: 1 });
      told[isolation] = await pool.run({ n: 3 });
      await pool.close();
    }
    told.cells = rooms();
    const pool = new Pool({ filename, nodes: { url: 'redis://127.0.0.1:1', brokerTimeout: 100 } });
    const error = await pool.run(1).catch((error) => error);
    told.nodes = [error.code, error.cause instanceof BrokerError, rooms()];
    await pool.close({ force: true });`;
  const [cells, nodes] = ['executors/processes/room.cjs', 'executors/nodes/room.cjs'];
  assert.deepEqual(told(program), { process: 6, escalate: 6, cells: [cells], nodes: ['ERR_POOL_FAILED', true, [nodes, cells]] });
});
