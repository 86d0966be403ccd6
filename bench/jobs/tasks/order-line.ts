export { fromLine as default } from './order.ts';
