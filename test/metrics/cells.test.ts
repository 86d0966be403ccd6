import assert from 'node:assert/strict';
import { Pool } from '../../src/index.ts';
import { oneIn } from '../soak.ts';
import { parseExposition } from './exposition.ts';

const test = oneIn(3, import.meta.url);

const filename = new URL('../fixtures/operated-tasks.js', import.meta.url);

test('the memory of each cell is told, by the place of its first thread; threads have none of their own', async () => {
  const scrape = async (pool: Pool): Promise<(readonly [cell: string, bytes: number])[]> => {
    const { lines } = parseExposition(await pool.metrics.metrics()).get('holdfast_cell_memory_bytes')!;
    return lines.map(({ labels, value }) => [labels.cell!, value]);
  };
  await using cells = new Pool({ filename, threads: 2, spares: 0, isolation: 'process', cells: 2 });
  await using threads = new Pool({ filename, threads: 1, spares: 0 });
  await Promise.all([cells.ready(), threads.ready()]);
  await Promise.all([cells.run(1, { name: 'quick' }), threads.run(1, { name: 'quick' })]);
  // Cells answer when they have the word: it is asked for with each scrape, and told with the next.
  let told = await scrape(cells);
  while (told.length < 2) {
    await cells.run(1, { name: 'quick' });
    told = await scrape(cells);
  }
  assert.deepEqual(told.map(([cell]) => cell).sort(), ['0', '1']);
  for (const [, bytes] of told) assert.ok(bytes > 10_000_000, `${bytes} bytes`);
  assert.deepEqual(await scrape(threads), []);
});
