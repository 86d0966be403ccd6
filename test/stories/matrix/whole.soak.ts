// What `npm test` shows one or some of, whole.
import './broken-modules.test.ts';
import './late-modules.test.ts';
import './moments.test.ts';
import './tasks.test.ts';
