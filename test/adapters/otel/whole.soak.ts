// What `npm test` shows one or some of, whole.
import './spans.test.ts';
