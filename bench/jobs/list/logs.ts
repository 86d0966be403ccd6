import { writeFileSync } from 'node:fs';
import type { RealJob } from '../job.ts';
import record from '../tasks/log.ts';

const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64)', 'curl/8.5.0', 'Googlebot/2.1'];

function lineOf(n: number): string {
  const time = new Date(1_700_000_000_000 + n * 37).toISOString();
  return `10.0.${(n >> 8) % 256}.${n % 256} - user${n % 97} [${time}] "GET /item/${n} HTTP/1.1" ${n % 50 === 0 ? 404 : 200} ${n % 9_000} "${AGENTS[n % 3]}" ${n}`;
}

export const logs: RealJob = {
  name: 'log lines to records',
  about: '200,000 lines of a web server; one in a thousand is torn',
  prepare(scale) {
    const [expected, bad, lines] = [new Map<string, unknown>(), [] as string[], [] as string[]];
    for (let n = 1; n <= 200_000 * scale; n++) {
      const whole = lineOf(n);
      if (n % 1_000 === 0) {
        bad.push(`/item/${n} HT`);
        lines.push(whole.slice(0, whole.indexOf('HTTP') + 2));
      } else {
        lines.push(whole);
        expected.set(String(n), record(whole));
      }
    }
    const text = `${lines.join('\n')}\n`;
    writeFileSync('access.log', text);
    return { expected, bad, bytes: text.length };
  },
  lines: {
    'holdfast run': 'holdfast run log.js access.log --lines -o out --overwrite',
    'GNU parallel': 'parallel --pipepart -a access.log --block -1 node each-line.js log.js text > out',
    'xargs -P': "xargs -d '\\n' -P $(nproc) -s 1900000 -n 5000 node each-argument.js log.js text < access.log > out",
    'plain loop': 'node each-line.js log.js text < access.log > out',
  },
};
