// What `npm test` shows one or some of, whole.
import './page.test.ts';
import './streams.test.ts';
