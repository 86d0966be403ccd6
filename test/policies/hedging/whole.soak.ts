// What `npm test` shows one or some of, whole.
import './pool.test.ts';
