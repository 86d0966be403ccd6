import { describe } from 'node:test';
import { BETWEEN, checkedBy } from './types.ts';

// The oldest compiler that is promised, and those between it and the newest. They take their time.
for (const version of ['5.4', ...BETWEEN] as const) {
  describe(`types of the installed package, with TypeScript ${version}`, () => checkedBy(`typescript-${version}`));
}
