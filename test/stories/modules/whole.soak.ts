// What `npm test` shows one or some of, whole.
import './several-modules.test.ts';
