import { writeFileSync } from 'node:fs';
import type { RealJob } from '../job.ts';
import total from '../tasks/order.ts';

function noteOf(n: number): string {
  if (n % 100 === 7) return 'Leave it at the door.\nRing twice.';
  return n % 10 === 3 ? `"fragile", ${n} pieces` : '';
}

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const orders: RealJob = {
  name: 'CSV',
  about: '100,000 rows; one note in ten has commas and quotes, one in a hundred a line break; twenty have no price',
  prepare(scale) {
    const [expected, bad] = [new Map<string, unknown>(), [] as string[]];
    let text = 'id,price,quantity,note\n';
    for (let n = 1; n <= 100_000 * scale; n++) {
      const id = `o${n}`;
      const price = n % 5_000 === 0 ? 'free' : ((n % 1_000) / 10).toFixed(2);
      text += `${[id, price, String(n % 7), noteOf(n)].map(cell).join(',')}\n`;
      if (price === 'free') bad.push(`Order ${id} `);
      else expected.set(id, total({ id, price, quantity: String(n % 7), note: noteOf(n) }));
    }
    writeFileSync('orders.csv', text);
    return { expected, bad, bytes: text.length };
  },
  lines: {
    'holdfast run': 'holdfast run order.js orders.csv --csv -o out --overwrite',
    'GNU parallel': 'tail -n +2 orders.csv | parallel --pipe --block 1M node each-line.js order.js text fromLine > out',
    'xargs -P': "tail -n +2 orders.csv | xargs -d '\\n' -P $(nproc) -s 1900000 -n 5000 node each-argument.js order-line.js text > out",
    'plain loop': 'tail -n +2 orders.csv | node each-line.js order.js text fromLine > out',
  },
};
