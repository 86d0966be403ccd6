import assert from 'node:assert/strict';
import { join } from 'node:path';
import { lint, parseExposition, seriesValue } from '../metrics/exposition.ts';
import { oneIn } from '../soak.ts';
import { Holdfast, many, scratch, TASK, untilSize, writeInput } from './command.ts';

const test = oneIn(4, import.meta.url);

interface Told {
  readonly done: number;
  readonly managers: number;
  readonly ratio: number;
}

/** What the job tells, as soon as it tells anything. */
async function told(url: string): Promise<Told> {
  for (;;) {
    const families = parseExposition(await (await fetch(`${url}metrics`)).text());
    assert.deepEqual(lint(families), []);
    const at = (name: string, labels = {}): number | undefined => seriesValue(families, `holdfast_job_${name}`, labels);
    const [done, managers, ratio] = [at('lines', { state: 'done' }), at('managers_total'), at('progress_ratio')];
    if (done !== undefined && managers !== undefined && ratio !== undefined) return { done, managers, ratio };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the metrics of a job go on when its manager has died and another goes on', async (t) => {
  const cwd = scratch(t);
  writeInput(join(cwd, 'in.ndjson'), many(20_000, 20));
  const args = ['run', TASK, 'in.ndjson', '-o', 'out.ndjson', '--threads', '2', '--metrics-port', '0', '--sync', 'always'];
  const call = new Holdfast(args, { cwd, input: '' });
  const urls = (): string[] => Array.from(call.stderr.matchAll(/Metrics: (http:\S+)metrics\n/g), ([, url]) => url!);
  await call.says(/Metrics: http:\S+\n/);
  await untilSize(join(cwd, 'out.ndjson'), 1);
  const first = await told(urls()[0]!);
  assert.equal(first.managers, 1);
  assert.ok(first.ratio >= 0 && first.ratio < 1, `${first.ratio}`);
  const { pid } = (await (await fetch(`${urls()[0]}tree`)).json()) as { pid: number };
  process.kill(pid, 'SIGKILL');
  await call.says(/goes on from the journal/);
  const second = await told(urls().at(-1)!);
  assert.equal(second.managers, 2);
  assert.ok(second.done >= first.done, `${second.done} after ${first.done}`);
  call.process.kill('SIGINT');
  await call.ended;
});
