import { checkExamples } from './check-examples.ts';

checkExamples('the guides', (path) => path.startsWith('docs/guides/'));
