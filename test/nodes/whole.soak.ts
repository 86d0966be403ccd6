// What `npm test` shows one or some of, whole.
import './faults.test.ts';
import './matrix.test.ts';
