export { createScheduler, SCHEDULER_TIMER, type Scheduler, type SchedulerPorts } from './scheduler.ts';
