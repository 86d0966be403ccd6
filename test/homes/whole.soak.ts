// What `npm test` shows one or some of, whole.
import './places.test.ts';
