// What `npm test` shows one or some of, whole.
import './left-behind.test.ts';
import './faked-globals.test.ts';
