// Renews the tables in docs/settlement-matrix.md from what the tests of the matrix see. Run it after a build:
//   npm run build && node scripts/settlement-matrix.mjs
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const env = { ...process.env, HOLDFAST_WRITE_MATRIX: '1' };
for (const part of ['tasks', 'broken-modules', 'late-modules', 'moments']) {
  const { status } = spawnSync(process.execPath, ['scripts/test.mjs', `stories/matrix/${part}`], { cwd: root, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}
