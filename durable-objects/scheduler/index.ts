export { createScheduler, SCHEDULER_TIMER } from './scheduler.ts';
