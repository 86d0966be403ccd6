// What `npm test` shows one or some of, whole.
import './gunzip.test.ts';
