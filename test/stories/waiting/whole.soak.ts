// What `npm test` shows one or some of, whole.
import './elastic-threads.test.ts';
