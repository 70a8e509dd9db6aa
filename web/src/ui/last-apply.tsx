import { timeOf } from '../../../kube/machinery/time.ts';
import type { Deployment } from '../../../kube/types.ts';
import type { Cluster } from '../api/cluster.ts';
import { linkTo } from '../api/route.ts';
import { DEPLOYMENTS } from '../kinds/ids.ts';
import type { Workload } from '../kinds/workloads.ts';
import { t } from './messages.ts';
import { Story } from './story.tsx';

const STEPS_SHOWN = 8;

/** `workloads`: those in the filter. */
export function LastApply({ cluster, workloads }: { cluster: Cluster; workloads: Workload[] }) {
  const deployments = workloads.flatMap(({ deployment }) => deployment ?? []);
  const last = deployments.sort((a, b) => appliedAt(b) - appliedAt(a))[0];
  if (!last) return <p class="empty">{t('applyFirst')}</p>;
  const { namespace = '', name = '' } = last.metadata;
  const href = linkTo({ selected: { kind: DEPLOYMENTS, namespace, name }, tab: 'Story' });
  return (
    <>
      <p class="subject">
        <a href={href}>
          deploy/{name} <span class="quiet">{namespace}</span>
        </a>
      </p>
      <Story
        key={`${namespace}/${name}`}
        cluster={cluster}
        subject={{ resource: 'deployments.apps', namespace, name }}
        most={STEPS_SHOWN}
        whole={href}
      />
    </>
  );
}

/** The time of the last change by a person: the newest entry of a manager that is no controller. Milliseconds. */
function appliedAt({ metadata }: Deployment): number {
  const entries = (metadata.managedFields ?? []).filter(
    ({ manager, subresource }) => subresource !== 'status' && !manager?.endsWith('-controller'),
  );
  const times = entries.map(({ time }) => timeOf(time));
  return Math.max(timeOf(metadata.creationTimestamp), ...times);
}
