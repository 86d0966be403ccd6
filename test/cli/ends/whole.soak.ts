// What `npm test` shows one or some of, whole.
import './interrupted.test.ts';
import './two-runs.test.ts';
