// What `npm test` shows one or some of, whole.
import './births-and-deaths.test.ts';
import './cells.test.ts';
import './sabotage.test.ts';
import './parent.test.ts';
import './other-executables.test.ts';
