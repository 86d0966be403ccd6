// What `npm test` shows one or some of, whole.
import './unreadable-results.test.ts';
