// What `npm test` shows one or some of, whole.
import './nodes-memory.test.ts';
