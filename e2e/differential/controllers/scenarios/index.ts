import type { Scenario } from '../scenario.ts';
import { accounts } from './accounts.ts';
import { attachments } from './attachments.ts';
import { autoscalers } from './autoscalers.ts';
import { budgets } from './budgets.ts';
import { certificates } from './certificates.ts';
import { cronJobs } from './cron-jobs.ts';
import { daemonSets } from './daemon-sets.ts';
import { deployments } from './deployments.ts';
import { devices } from './devices.ts';
import { garbage } from './garbage.ts';
import { jobLimits } from './job-limits.ts';
import { jobs } from './jobs.ts';
import { meddling } from './meddling.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { quotaCounts } from './quota-counts.ts';
import { quotas } from './quotas.ts';
import { replicaSets } from './replica-sets.ts';
import { reported } from './reported.ts';
import { reportedObjects } from './reported-objects.ts';
import { reportedWorkloads } from './reported-workloads.ts';
import { resourceClaims } from './resource-claims.ts';
import { rollouts } from './rollouts.ts';
import { serviceAddresses } from './service-addresses.ts';
import { serviceChaos } from './service-chaos.ts';
import { services } from './services.ts';
import { statefulSets } from './stateful-sets.ts';
import { volumes } from './volumes.ts';
import { zones } from './zones.ts';

export const scenarios: readonly Scenario[] = [
  ...deployments,
  ...rollouts,
  ...garbage,
  ...jobLimits,
  ...replicaSets,
  ...daemonSets,
  ...statefulSets,
  ...jobs,
  ...meddling,
  ...reported,
  ...reportedWorkloads,
  ...reportedObjects,
  ...nodes,
  ...volumes,
  ...attachments,
  ...cronJobs,
  ...autoscalers,
  ...resourceClaims,
  ...devices,
  ...services,
  ...budgets,
  ...accounts,
  ...certificates,
  ...namespaces,
  ...serviceAddresses,
  ...serviceChaos,
  ...quotas,
  ...quotaCounts,
  ...zones,
];
