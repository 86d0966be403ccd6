// What `npm test` shows one or some of, whole.
import './crash-report.test.ts';
