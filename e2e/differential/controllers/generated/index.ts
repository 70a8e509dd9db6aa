/** Scenarios of random workloads, edits and pods: the same for a seed. */
import { create, type Scenario, type Step } from '../scenario.ts';
import { autoscaled } from './autoscalers.ts';
import { Choices, type Sort } from './choices.ts';
import { cronJobs, job } from './jobs.ts';
import { daemonSet, deployment, replicaSet, statefulSet } from './workloads.ts';

/** Minutes pass in those of CronJobs and of autoscalers. */
const SORTS: readonly ((choices: Choices) => Sort)[] = [
  ...[deployment, deployment, deployment, statefulSet, statefulSet, daemonSet, daemonSet, job, job, job, replicaSet],
];
const CRON_JOB_PERCENT = 4;
const AUTOSCALED_PERCENT = 6;

export function generatedScenarios(count: number, seed: number): Scenario[] {
  return Array.from({ length: count }, (_, at) => generated(seed + at));
}

function sortOf(choices: Choices): Sort {
  if (choices.often(CRON_JOB_PERCENT)) return cronJobs(choices);
  if (choices.often(AUTOSCALED_PERCENT)) return autoscaled(choices);
  return choices.one(SORTS)(choices);
}

function generated(seed: number): Scenario {
  const choices = new Choices(seed);
  const sort = sortOf(choices);
  const edits: Step[] = Array.from({ length: choices.between(4, 8) }, () => sort.edit());
  const name = `${sort.object.kind.toLowerCase()}-s${seed}`;
  const first = { ...create(sort.object), name: `create ${JSON.stringify(sort.object)}` };
  return { name, nodes: sort.nodes, steps: [first, ...edits] };
}
