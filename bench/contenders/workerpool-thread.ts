import workerpoolModule from 'workerpool';
import run from '../work/task.ts';

workerpoolModule.worker({ run: run as never });
