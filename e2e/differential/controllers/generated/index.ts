/** Scenarios of random workloads, edits and pods: the same for a seed. */
import { create, type Scenario, type Step } from '../scenario.ts';
import { Choices, type Sort } from './choices.ts';
import { cronJobs, job } from './jobs.ts';
import { daemonSet, deployment, replicaSet, statefulSet } from './workloads.ts';

/** Minutes pass in those of CronJobs. */
const SORTS: readonly ((choices: Choices) => Sort)[] = [
  ...[deployment, deployment, deployment, statefulSet, statefulSet, daemonSet, daemonSet, job, job, job, replicaSet],
];
const CRON_JOB_PERCENT = 4;

export function generatedScenarios(count: number, seed: number): Scenario[] {
  return Array.from({ length: count }, (_, at) => generated(seed + at));
}

function generated(seed: number): Scenario {
  const choices = new Choices(seed);
  const sort = choices.often(CRON_JOB_PERCENT) ? cronJobs(choices) : choices.one(SORTS)(choices);
  const edits: Step[] = Array.from({ length: choices.between(4, 8) }, () => sort.edit());
  const name = `${sort.object.kind.toLowerCase()}-s${seed}`;
  const first = { ...create(sort.object), name: `create ${JSON.stringify(sort.object)}` };
  return { name, nodes: sort.nodes, steps: [first, ...edits] };
}
