// What `npm test` shows one or some of, whole.
import './parse.test.ts';
