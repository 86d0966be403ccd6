// What `npm test` shows one or some of, whole.
import './closed-outputs.test.ts';
import './input-output.test.ts';
import './observe.test.ts';
import './wrong-calls.test.ts';
import './descriptors.test.ts';
