// What `npm test` shows one or some of, whole.
import './pages.test.ts';
