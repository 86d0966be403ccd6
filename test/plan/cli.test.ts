import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAGS, planCommand } from '../../src/cli/plan/command.ts';
import { READERS } from '../../src/plan/options.ts';
import { holdfast, scratch } from '../cli/command.ts';
import { codes, page, rows } from '../docs/markdown.ts';

const TEXT = ['plan', '--nodes', '1000', '--rate', '1000', '--mtbf', '3', 'years', '--takeover', '8', 's'];

test('units may stand apart from their numbers, and the plan comes as JSON too', async (t) => {
  const cwd = scratch(t);
  const { code, stdout, stderr } = await holdfast([...TEXT, '--crash', '0.1', '%', '--json'], { cwd });
  assert.deepEqual([code, stderr], [0, '']);
  const { system, lines } = JSON.parse(stdout) as { system: { mtbf: number; crash: number }; lines: { id: string; value: number }[] };
  assert.deepEqual([system.mtbf, system.crash], [3 * 365 * 86_400_000, 0.001]);
  assert.ok(Math.abs(lines.find(({ id }) => id === 'unavailability')!.value - 8.456e-8) < 1e-11);
});

test('a goal out of reach is exit code 1, nonsense is 2 and says what was expected and what came', async (t) => {
  const cwd = scratch(t);
  const far = await holdfast([...TEXT, '--nines', '9'], { cwd });
  assert.equal(far.code, 1);
  assert.match(far.stdout, /not reachable, because/);
  const wrong = await holdfast([...TEXT, '--crash', 'often'], { cwd });
  assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
  assert.match(wrong.stderr, /^holdfast plan: --crash: Expected a share from 0 to 1, such as .* Got "often"\.\n$/);
  const none = await holdfast(['plan', '--nodes', '3'], { cwd });
  assert.deepEqual([none.code, /--rate: Expected/.test(none.stderr)], [2, true]);
});

test('every option has its flag, its line in the help and its line in docs/cli.md', () => {
  assert.deepEqual(
    FLAGS.map(({ option }) => option),
    Object.keys(READERS),
  );
  const flags = planCommand().options.map(({ long }) => long!);
  const told = rows(page('docs/cli.md'), '`holdfast plan`').flatMap((row) => codes(row.option));
  assert.deepEqual(told, [...flags, '--help']);
  const help = planCommand().helpInformation().split('\n');
  assert.ok(Math.max(...help.map((line) => line.length)) <= 80);
});
