// What `npm test` shows one or some of, whole.
import '../scale.test.ts';
