// What `npm test` shows one or some of, whole.
import './exits.test.ts';
