// Renews the tables in docs/settlement-matrix.md from what the tests of the matrix see. Run it after a build:
//   npm run build && node scripts/settlement-matrix.mjs
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const env = { ...process.env, HOLDFAST_WRITE_MATRIX: '1' };
const { status } = spawnSync(process.execPath, ['scripts/test.mjs', '--soak', 'stories/matrix'], { cwd: root, stdio: 'inherit', env });
process.exitCode = status ?? 1;
