// What `npm test` shows one or some of, whole.
import './seal.test.ts';
import './pool.test.ts';
