import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compiled } from '../contenders/contender.ts';
import type { Slice } from './play.ts';
import type { Player, Scene } from './scenes.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const TELL = `const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ wallMs: performance.now() - began, cpuMs: (user + system) / 1000 - before }));
process.exit(0);`;

function programOf({ work }: Scene, { contender }: Player): string {
  const task = compiled('work/task').href;
  const began =
    work === 'import'
      ? 'const c = process.cpuUsage(), began = performance.now(), before = (c.user + c.system) / 1000;'
      : 'const began = 0, before = 0;';
  const first = contender === 'holdfast' ? `new m.Pool({ filename: '${task}' })` : `new m.Piscina({ filename: '${task}' })`;
  return `${began}\nconst m = await import('${contender}');\n${work === 'import' ? '' : `await (${first}).run(1);\n`}${TELL}`;
}

/** A slice of a scene that is about a whole program: one run of it. */
export async function runProgram(scene: Scene, player: Player, node: string): Promise<Slice> {
  const { stdout } = await run(node, ['--input-type=module', '-e', programOf(scene, player)], { cwd: root });
  return { right: 1, failed: 0, wrong: 0, ...(JSON.parse(stdout) as { wallMs: number; cpuMs: number }) };
}
