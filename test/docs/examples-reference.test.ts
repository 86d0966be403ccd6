import { checkExamples } from './check-examples.ts';

checkExamples(
  'the reference',
  (path) => path.startsWith('docs/') && !path.startsWith('docs/guides/') && path !== 'docs/getting-started.md',
);
